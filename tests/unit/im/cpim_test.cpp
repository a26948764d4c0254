#include "im/cpim.h"

#include <catch2/catch.hpp>

namespace cpim_test {

using namespace sip;

namespace {

/// RFC 3862 5.1.
constexpr std::string_view the_weather =
    "From: MR SANDERS <im:piglet@100akerwood.com>\r\n"
    "To: Depressed Donkey <im:eeyore@100akerwood.com>\r\n"
    "DateTime: 2000-12-13T13:40:00-08:00\r\n"
    "Subject: the weather will be fine today\r\n"
    "Subject:;lang=fr beau temps prevu pour aujourd'hui\r\n"
    "NS: MyFeatures <mid:MessageFeatures@id.foo.com>\r\n"
    "Require: MyFeatures.VitalMessageOption\r\n"
    "MyFeatures.VitalMessageOption: Confirmation-requested\r\n"
    "MyFeatures.WackyMessageOption: Use-silly-font\r\n"
    "\r\n"
    "Content-type: text/xml; charset=utf-8\r\n"
    "Content-ID: <1234567890@foo.com>\r\n"
    "\r\n"
    "<body>\r\nHere is the text of my message.\r\n</body>\r\n";

/// RFC 5438 7.1.1.3. It has no empty line before Content-type, and the wrong length.
constexpr std::string_view hello_world =
    "From: Alice <im:alice@example.com>\r\n"
    "To: Bob <im:bob@example.com>\r\n"
    "NS: imdn <urn:ietf:params:imdn>\r\n"
    "imdn.Message-ID: 34jk324j\r\n"
    "DateTime: 2006-04-04T12:16:49-05:00\r\n"
    "imdn.Disposition-Notification: positive-delivery, negative-delivery\r\n"
    "Content-type: text/plain\r\n"
    "Content-length: 12\r\n"
    "\r\n"
    "Hello World";

Cpim parsed(std::string_view text) {
  const auto cpim = Cpim::parse(text);
  INFO(text);
  REQUIRE(cpim);
  return *cpim;
}

Cpim with_headers(std::string_view headers) {
  static std::string text;
  text = std::string(headers) + "\r\nContent-Type: text/plain\r\n\r\n";
  return parsed(text);
}

std::optional<Errc> failure(std::string_view text) {
  const auto cpim = Cpim::parse(text);
  return cpim ? std::nullopt : std::optional(cpim.error().code);
}

std::string address(std::string_view value) {
  const auto parsed_address = CpimAddress::parse(value);
  if (!parsed_address) return "refused";
  return cpim_unescaped(parsed_address->formal_name) + "|" + cpim_unescaped(parsed_address->uri);
}

}  // namespace

TEST_CASE("the message of RFC 3862 5.1 is read") {
  const Cpim cpim = parsed(the_weather);
  REQUIRE(cpim.headers.size() == 9);
  CHECK(address(*cpim.value(cpim_namespace, "From")) == "MR SANDERS|im:piglet@100akerwood.com");
  CHECK(address(*cpim.value(cpim_namespace, "To")) == "Depressed Donkey|im:eeyore@100akerwood.com");
  CHECK(cpim.value(cpim_namespace, "DateTime") == "2000-12-13T13:40:00-08:00");
  CHECK(cpim.value(cpim_namespace, "Subject") == "the weather will be fine today");
  CHECK(cpim.headers[4].parameters == ";lang=fr");
  CHECK(cpim.headers[4].value == "beau temps prevu pour aujourd'hui");
  CHECK(cpim.value("mid:MessageFeatures@id.foo.com", "WackyMessageOption") == "Use-silly-font");
  CHECK(cpim.requires_unknown());
  CHECK(cpim.content.content_type == "text/xml; charset=utf-8");
  CHECK(cpim.content.body == "<body>\r\nHere is the text of my message.\r\n</body>\r\n");
}

TEST_CASE("the message of RFC 5438 7.1.1.3 is read, although no empty line parts it from its content") {
  const Cpim cpim = parsed(hello_world);
  CHECK(cpim.headers.size() == 6);
  CHECK(cpim.value(imdn_namespace, "Message-ID") == "34jk324j");
  CHECK(cpim.value(imdn_namespace, "Disposition-Notification") == "positive-delivery, negative-delivery");
  CHECK(cpim.content.content_type == "text/plain");
  CHECK(cpim.content.body == "Hello World");
}

TEST_CASE("the headers of RFC 3862 2.2, 3.3 and 4 are read") {
  const Cpim cpim = with_headers(
      "To: Pooh Bear <im:pooh@100akerwood.com>\r\nFrom: <im:piglet@100akerwood.com>\r\n"
      "cc: Winnie the Pooh <im:pooh@100akerwood.com>\r\nDateTime: 2001-02-02T10:48:54-05:00\r\n"
      "Subject:;lang=en Eeyore's feeling very depressed today\r\nSubject:;lang=fr Objet de message\r\n");
  CHECK(address(*cpim.value(cpim_namespace, "To")) == "Pooh Bear|im:pooh@100akerwood.com");
  CHECK(address(*cpim.value(cpim_namespace, "From")) == "|im:piglet@100akerwood.com");
  CHECK(cpim.value(cpim_namespace, "Subject") == "Eeyore's feeling very depressed today");
  CHECK_FALSE(cpim.requires_unknown());
}

TEST_CASE("two prefixes for one namespace mean the same, and so does a new default (RFC 3862 3.4)") {
  const char* headers =
      GENERATE("NS: acme <http://id.acme.widgets/wily-headers/>\r\nacme.runner-trap: set\r\n",
               "NS: widget <http://id.acme.widgets/wily-headers/>\r\nwidget.runner-trap: set\r\n",
               "NS: <http://id.acme.widgets/wily-headers/>\r\nrunner-trap: set\r\n");
  CAPTURE(headers);
  CHECK(with_headers(headers).value("http://id.acme.widgets/wily-headers/", "runner-trap") == "set");
}

TEST_CASE("a prefix counts from its declaration on, and one that is not declared means nothing") {
  const Cpim cpim = with_headers(
      "a.x: before\r\nNS: a <urn:1>\r\na.x: one\r\nNS: a <urn:2>\r\na.x: two\r\nfrom: lower case\r\n");
  CHECK(cpim.value("", "x") == "before");
  CHECK(cpim.value("urn:1", "x") == "one");
  CHECK(cpim.value("urn:2", "x") == "two");
  CHECK_FALSE(cpim.has(cpim_namespace, "From"));
  CHECK_FALSE(cpim.has(cpim_namespace, "x"));
}

TEST_CASE("Require is met by what is known, in whatever prefix, and by nothing else") {
  CHECK_FALSE(with_headers("Require: From,To\r\n").requires_unknown());
  CHECK_FALSE(
      with_headers("NS: i <urn:ietf:params:imdn>\r\nRequire: i.Message-ID, Subject\r\n").requires_unknown());
  CHECK(with_headers("Require: From,from\r\n").requires_unknown());
  CHECK(with_headers("Require: imdn.Message-ID\r\n").requires_unknown());
  CHECK(with_headers("NS: Locale <urn:x>\r\nRequire: Locale.MustRenderKanji\r\n").requires_unknown());
}

TEST_CASE("an empty value is one, with or without its space, and no header at all is fine") {
  CHECK(with_headers("a.b: \r\n").headers[0].value.empty());
  CHECK(with_headers("a.b:\r\n").headers[0].value.empty());
  const Cpim bare = parsed("\r\nContent-Type: text/plain\r\n\r\nhello");
  CHECK(bare.headers.empty());
  CHECK(bare.content.body == "hello");
}

TEST_CASE("a header that breaks the rules of RFC 3862 2.2 is refused") {
  for (const std::string line :
       {"From:<im:a@b>", "From : <im:a@b>", "From", ": x", "a(b: x", ".a: x", "a.: x", "a.b.c: x",
        "From: a\tb", " From: x", "From: \xff", "Fr\xc3\xb6m: x", "a: x\ny", "NS: urn:x", "NS: a b <urn:x>",
        "NS: \"a\" <urn:x>"}) {
    CAPTURE(line);
    const std::string text = line + "\r\n\r\nContent-Type: text/plain\r\n\r\n";
    CHECK(failure(text) == Errc::syntax);
  }
  for (const char* text :
       {"", "From: x", "From: x\r\n", "From: x\r\n\r\n", "From: x\n\nContent-Type: a/b\n\n"})
    CHECK(failure(text) == Errc::truncated);
}

TEST_CASE("a message with more headers than max_headers is refused") {
  std::string headers;
  for (std::size_t i = 0; i < Cpim::max_headers; ++i) headers += "a: x\r\n";
  const std::string end = "\r\nContent-Type: text/plain\r\n\r\n";
  CHECK(Cpim::parse(headers + end));
  const auto more = Cpim::parse(headers + "a: x\r\n" + end);
  REQUIRE_FALSE(more);
  CHECK(more.error().code == Errc::too_large);
}

TEST_CASE("escapes are undone, the listed ones and every other (RFC 3862 2.3)") {
  const auto [escaped, plain] = GENERATE(table<std::string, std::string>({
      {"\\\\ \\\" \\' \\b\\t\\n\\r", "\\ \" ' \b\t\n\r"},
      {"\\u0041\\u00e9\\u20AC", "A\xc3\xa9\xe2\x82\xac"},
      {"\\ud83d\\udc4b", "\xf0\x9f\x91\x8b"},
      {"\\ud83d!\\udc4b", "\xef\xbf\xbd!\xef\xbf\xbd"},
      {"\\ud83d\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd"},
      {"\\x\\(\\u12g4", "x(u12g4"},
      {"end\\", "end"},
      {"\\u00", "u00"},
  }));
  CAPTURE(escaped);
  CHECK(cpim_unescaped(escaped) == plain);
}

TEST_CASE("what must be escaped is, and nothing else (RFC 3862 2.3.1)") {
  CHECK(cpim_escaped("\\ \b\t\n\r\x01\x1f\x7f") == "\\\\ \\b\\t\\n\\r\\u0001\\u001f\\u007f");
  CHECK(cpim_escaped("\"it's\" gr\xc3\xbc\xc3\x9f") == "\"it's\" gr\xc3\xbc\xc3\x9f");
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  CHECK(cpim_unescaped(cpim_escaped(all)) == all);
}

TEST_CASE("addresses with and without a name are read (RFC 3862 4.1)") {
  CHECK(address("Winnie the Pooh <im:pooh@100akerwood.com>") == "Winnie the Pooh|im:pooh@100akerwood.com");
  CHECK(address("<im:tigger@100akerwood.com>") == "|im:tigger@100akerwood.com");
  CHECK(address("\"Dr. \\\"X\\\" <y>\" <sip:x@example.org>") == "Dr. \"X\" <y>|sip:x@example.org");
  CHECK(address("\"\"<sip:x@y>") == "|sip:x@y");
  CHECK(address("J\xc3\xbcrgen <sip:j@y>") == "J\xc3\xbcrgen|sip:j@y");
  for (const char* value : {"", "im:a@b", "<im:a@b", "im:a@b>", "<>", "\"a <im:a@b>", "a(b <im:a@b>", "\"a\"",
                            "<im:a b>", "<a<b>", "x\" <im:a@b>", "\"a\" b <im:a@b>", "\"\\"})
    CHECK(address(value) == "refused");
}

TEST_CASE("what is written is read again as it was") {
  const std::string text = CpimWriter()
                               .address("From", "Al \"A\" \\ \n", "sip:alice@example.org")
                               .address("To", "", "sip:bob@example.org")
                               .declare("imdn", imdn_namespace)
                               .header("imdn.Message-ID", "abc")
                               .header("Subject", "one\r\ntwo")
                               .header("Subject", "un\r\ndeux", "fr")
                               .finish({.content_type = "text/plain",
                                        .content_disposition = "notification",
                                        .content_language = "en",
                                        .body = "hello\r\n\r\nworld"});
  const Cpim cpim = parsed(text);
  CHECK(address(*cpim.value(cpim_namespace, "From")) == "Al \"A\" \\ \n|sip:alice@example.org");
  CHECK(address(*cpim.value(cpim_namespace, "To")) == "|sip:bob@example.org");
  CHECK(cpim.value(imdn_namespace, "Message-ID") == "abc");
  CHECK(cpim_unescaped(*cpim.value(cpim_namespace, "Subject")) == "one\r\ntwo");
  CHECK(cpim.find(cpim_namespace, "Subject")->language().empty());
  CHECK(cpim.headers.back().language() == "fr");
  CHECK(cpim_unescaped(cpim.headers.back().value) == "un\r\ndeux");
  CHECK(cpim.content.content_type == "text/plain");
  CHECK(cpim.content.content_disposition == "notification");
  CHECK(cpim.content.content_language == "en");
  CHECK(cpim.content.body == "hello\r\n\r\nworld");
}

}  // namespace cpim_test
