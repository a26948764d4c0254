#include <catch2/catch.hpp>

#include "inbox_bench.h"

namespace inbox_content_test {

using namespace sip;

namespace {

Phone phone_with(const std::string& content_type, const std::string& body) {
  return {.fields = {"Content-Type: " + content_type}, .body = body};
}

/// RFC 3261 8.2.3: 415 names what would have been understood.
void check_refused(const Phone& phone) {
  InboxBench bench;
  const Judgement judgement = bench.judge(phone);
  CHECK(judgement.status == 415);
  CHECK(value(judgement, HeaderName::accept) == std::string(understood_types));
  CHECK(value(judgement, HeaderName::accept_encoding) == "identity");
  CHECK(value(judgement, HeaderName::accept_language) == "*");
  CHECK_FALSE(judgement.message);
}

}  // namespace

TEST_CASE("a body of a type that cannot be shown gets 415 with Accept") {
  const std::string type =
      GENERATE("text/html", "image/png", "message/imdn+xml", "multipart", "text", "text/", "plain");
  CAPTURE(type);
  check_refused(phone_with(type, "hello"));
}

TEST_CASE("text/plain is known in any case of letters and whatever its other parameters") {
  const std::string type = GENERATE("TEXT/Plain", "text/plain;format=flowed", "text / plain ; charset=UTF-8",
                                    "text/plain;charset=\"utf-8\"", "text/plain;CHARSET=Utf-8");
  CAPTURE(type);
  InboxBench bench;
  const Judgement judgement = bench.judge(phone_with(type, "gr\xc3\xbc\xc3\x9f"));
  REQUIRE(judgement.message);
  CHECK(judgement.message->body == "gr\xc3\xbc\xc3\x9f");
  CHECK(judgement.message->content_type == type);
}

TEST_CASE("a body without a type is text/plain, and an empty one is shown too") {
  InboxBench bench;
  const Judgement untyped = bench.judge({.fields = {}});
  REQUIRE(untyped.message);
  CHECK(untyped.message->content_type == "text/plain");
  CHECK(untyped.message->body == "hello");
  const Judgement empty = bench.judge({.call_id = "call-2", .body = ""});
  REQUIRE(empty.message);
  CHECK(empty.message->body.empty());
}

TEST_CASE("the compact form of Content-Type counts") {
  check_refused({.fields = {"c: image/png"}});
  InboxBench bench;
  CHECK(bench.shows({.fields = {"c: text/plain"}}));
}

TEST_CASE("iso-8859-1 is turned into UTF-8, byte by byte") {
  const std::string charset = GENERATE("iso-8859-1", "ISO-8859-1", "\"iso-8859-1\"");
  CAPTURE(charset);
  InboxBench bench;
  const Judgement judgement =
      bench.judge(phone_with("text/plain;charset=" + charset, "a\x7f\x80\xbf\xc0\xfc\xff"));
  REQUIRE(judgement.message);
  CHECK(judgement.message->body == "a\x7f\xc2\x80\xc2\xbf\xc3\x80\xc3\xbc\xc3\xbf");
}

TEST_CASE("text that is not UTF-8 although it should be gets 415") {
  const std::string body =
      GENERATE("gr\xfc\xdf", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "cut \xe2\x82");
  CAPTURE(body);
  check_refused(phone_with("text/plain", body));
  check_refused(phone_with("text/plain;charset=utf-8", body));
  check_refused(phone_with("text/plain;charset=us-ascii", body));
}

TEST_CASE("a charset that is not known here is asked for, and what nobody can decode gets 415") {
  const std::string charset = GENERATE("utf-16", "koi8-r", "windows-1252", "\"x\"");
  CAPTURE(charset);
  InboxBench bench;
  const Phone phone = phone_with("text/plain;charset=" + charset, "gr\xfc\xdf");
  const Judgement known = bench.judge(phone, {Decoded{"gr\xc3\xbc\xc3\x9f"}});
  const auto& asked = std::get<Decode>(bench.questions.at(0));
  CHECK(asked.charset == (charset == "\"x\"" ? "x" : charset));
  CHECK(asked.bytes == "gr\xfc\xdf");
  REQUIRE(known.message);
  CHECK(known.message->body == "gr\xc3\xbc\xc3\x9f");
  CHECK(known.message->protection == Protection::none);
  for (const Answer& answer : {Answer(NotDecoded{}), Answer(Decoded{"not UTF-8: \xfc"})}) {
    const Judgement unknown = bench.judge(phone, {answer});
    CHECK(unknown.status == 415);
    CHECK_FALSE(unknown.message);
  }
}

TEST_CASE("encoded content gets 415 with Accept-Encoding, identity is no encoding") {
  check_refused({.fields = {"Content-Type: text/plain", "Content-Encoding: gzip"}});
  check_refused({.fields = {"Content-Type: text/plain", "e: deflate"}});
  InboxBench bench;
  CHECK(bench.shows({.fields = {"Content-Type: text/plain", "Content-Encoding: Identity"}}));
}

TEST_CASE("a text is kept byte for byte: line ends, blanks, NUL and markup") {
  const std::string body =
      GENERATE(std::string("a\r\nb\nc\r\n\r\n"), std::string("  a\t"), std::string("a\0b", 3),
               std::string("<b>&amp;</b>"), std::string("\xf0\x9f\x91\x8b\xe2\x80\xae"));
  InboxBench bench;
  const Judgement judgement = bench.judge(phone_with("text/plain", body));
  REQUIRE(judgement.message);
  CHECK(judgement.message->body == body);
}

TEST_CASE("a multipart is shown as far as it can be, and a malformed one gets 400") {
  const std::string parts =
      "--x\r\nContent-Type: text/html\r\n\r\n<b>hello</b>\r\n--x\r\n\r\nhello\r\n--x--\r\n";
  InboxBench bench;
  const Judgement judgement = bench.judge(phone_with("multipart/alternative;boundary=x", parts));
  REQUIRE(judgement.message);
  CHECK(judgement.message->body == "hello");
  CHECK(judgement.message->content_type == "text/plain");
  check_refused(phone_with("multipart/mixed;boundary=x", parts));
  CHECK(bench.judge(phone_with("multipart/mixed;boundary=y", parts)).status == 400);
}

TEST_CASE("a multipart of more parts than are read gets 413") {
  std::string parts;
  for (std::size_t i = 0; i <= Body::max_parts; ++i) parts += "--x\r\n\r\nhello\r\n";
  InboxBench bench;
  const Judgement judgement = bench.judge(phone_with("multipart/mixed;boundary=x", parts + "--x--"));
  CHECK(judgement.status == 413);
  CHECK_FALSE(judgement.message);
}

TEST_CASE("a body that may be passed over is accepted, and nothing is shown") {
  // RFC 3261 20.11, RFC 5621 8.1.
  const std::string type = GENERATE("image/png", "text/html;charset=koi8-r", "message/cpim");
  CAPTURE(type);
  InboxBench bench;
  const Judgement judgement =
      bench.judge({.fields = {"Content-Type: " + type, "Content-Disposition: render;handling=optional"},
                   .body = "Require: unheard-of\r\n\r\n\r\nhello"});
  CHECK(judgement.status == 200);
  CHECK_FALSE(judgement.message);
  check_refused({.fields = {"Content-Type: " + type, "Content-Disposition: render;handling=required"},
                 .body = "Require: unheard-of\r\n\r\n\r\nhello"});
}

TEST_CASE("a disposition that is not known gets 415 where it is required") {
  const std::string disposition = GENERATE("session", "icon", "by-reference", "x-new;handling=required");
  CAPTURE(disposition);
  check_refused({.fields = {"Content-Type: text/plain", "Content-Disposition: " + disposition}});
  check_refused({.fields = {"Content-Type: message/cpim", "Content-Disposition: " + disposition},
                 .body = "\r\n\r\nhello"});
}

}  // namespace inbox_content_test
