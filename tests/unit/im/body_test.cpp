#include "im/body.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace body_test {

using namespace sip;

namespace {

using Envelope = Body::Envelope;

/// A multipart with the boundary "b"; each part holds its header fields, an empty line and its body.
std::string multipart(const std::vector<std::string>& parts, const std::string& boundary = "b") {
  std::string body;
  for (const std::string& part : parts) body += "--" + boundary + "\r\n" + part + "\r\n";
  return body + "--" + boundary + "--\r\n";
}

std::string part(const std::string& type, const std::string& body, const std::string& fields = "") {
  return "Content-Type: " + type + "\r\n" + fields + "\r\n" + body;
}

/// Where nobody answers any question.
Result<Body> parse_entity(const MimeEntity& entity, Envelope envelope = Envelope::sip) {
  ContentAnswers answers(EndToEnd::none, "sip:bob@example.org");
  return Body::parse(entity, envelope, answers);
}

Result<Body> parse(const std::string& type, const std::string& body, const std::string& disposition = "",
                   Envelope envelope = Envelope::sip) {
  MimeEntity entity;
  entity.content_type = type;
  entity.content_disposition = disposition;
  entity.body = body;
  return parse_entity(entity, envelope);
}

Body read(const std::string& type, const std::string& body, const std::string& disposition = "",
          Envelope envelope = Envelope::sip) {
  const auto result = parse(type, body, disposition, envelope);
  REQUIRE(result);
  return *result;
}

Errc failure(const std::string& type, const std::string& body, const std::string& disposition = "",
             Envelope envelope = Envelope::sip) {
  const auto result = parse(type, body, disposition, envelope);
  REQUIRE_FALSE(result);
  return result.error().code;
}

const std::string mixed = "multipart/mixed;boundary=b";
const std::string alternative = "multipart/alternative; boundary=\"b\"";
const std::string optional = "Content-Disposition: render;handling=optional\r\n";
const std::string text = part("text/plain", "hello");
const std::string picture = part("image/png", "\x89PNG");
const std::string optional_picture = part("image/png", "\x89PNG", optional);

std::string imdn(const std::string& id) {
  return "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>" + id +
         "</message-id><delivery-notification><status><delivered/></status></delivery-notification></imdn>";
}
const std::string is_composing =
    "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"><state>active</state></isComposing>";

}  // namespace

TEST_CASE("of a multipart/mixed every text is shown, in order and each on lines of its own") {
  const Body body = read(mixed, multipart({part("text/plain;charset=utf-8", "one\r\ntwo"), "\r\nthree",
                                           part("text/plain;charset=iso-8859-1", "\xfc")}));
  CHECK(body.text == "one\r\ntwo\r\nthree\r\n\xc3\xbc");
  CHECK(body.type == "text/plain;charset=utf-8");
}

TEST_CASE("what of a multipart/mixed is not understood is passed over where it is optional (RFC 5621 8.1)") {
  CHECK(read(mixed, multipart({optional_picture, text})).text == "hello");
  CHECK(read(mixed,
             multipart({text, part("text/plain", "x", "Content-Disposition: icon;handling=optional\r\n")}))
            .text == "hello");
  CHECK(read(mixed, multipart({text, part("text/plain", "\xff", optional)})).text == "hello");
  CHECK(
      read(mixed, multipart({text, part("text/plain", "x", optional + "Content-Encoding: gzip\r\n")})).text ==
      "hello");
}

TEST_CASE("what of a multipart/mixed is required and not understood is unsupported (RFC 5621 8.4)") {
  const std::vector<std::string> strange{
      picture,
      part("image/png", "x", "Content-Disposition: render;handling=required\r\n"),
      part("text/plain", "x", "Content-Disposition: session\r\n"),
      part("text/plain", "x", "Content-Disposition: attachment\r\n"),
      part("text/plain", "\xff"),
      part("text/plain", "x", "Content-Encoding: gzip\r\n"),
      part("text/plain", "x", "Content-Transfer-Encoding: x-uuencode\r\n"),
      part("text", "x"),
      part("message/cpim", "\r\n\r\nhello"),
      part("message/imdn+xml", imdn("m1")),
      part("text/plain", "x", "Content-Disposition: by-reference\r\n")};
  for (const std::string& one : strange) {
    CAPTURE(one);
    CHECK(failure(mixed, multipart({text, one})) == Errc::unsupported);
  }
}

TEST_CASE("a multipart that is optional may hold a part that is required (RFC 5621 8.2)") {
  const std::string inner = part("multipart/mixed;boundary=c", multipart({text, picture}, "c"), optional);
  CHECK(read(mixed, multipart({part("text/plain", "outside"), inner})).text == "outside");
}

TEST_CASE("of a body that is optional, or of optional parts alone, nothing need be shown") {
  CHECK(read("image/png", "\x89PNG", "render;handling=optional").is_empty());
  CHECK(read(mixed, multipart({optional_picture, optional_picture})).is_empty());
  CHECK(read(alternative, multipart({picture, picture}), "render;handling=optional").is_empty());
}

TEST_CASE("of a multipart/alternative the last part that is understood is shown (RFC 2046 5.1.4)") {
  CHECK(read(alternative, multipart({text, part("text/plain", "better")})).text == "better");
  CHECK(read(alternative, multipart({text, part("text/html", "<b>hello</b>"), picture})).text == "hello");
  CHECK(read(alternative, multipart({picture, text})).text == "hello");
  const std::string both = part("multipart/mixed;boundary=c", multipart({text, text}, "c"));
  CHECK(read(alternative, multipart({text, both, picture})).text == "hello\r\nhello");
}

TEST_CASE("of alternatives the handling does not count, nor what is wrong with those not chosen (8.3)") {
  CHECK(failure(alternative, multipart({optional_picture, optional_picture})) == Errc::unsupported);
  const std::string required = part("image/png", "x", "Content-Disposition: render;handling=required\r\n");
  CHECK(read(alternative, multipart({text, required})).text == "hello");
  CHECK(read(alternative, multipart({text, "no header"})).text == "hello");
  CHECK(read(alternative, multipart({text, part("application/im-iscomposing+xml", "<")})).text == "hello");
}

TEST_CASE("an alternative that brings something goes before one whose parts were all passed over") {
  const std::string nothing = part("multipart/mixed;boundary=c", multipart({optional_picture}, "c"));
  CHECK(read(alternative, multipart({text, nothing})).text == "hello");
  CHECK(read(alternative, multipart({picture, nothing})).is_empty());
}

TEST_CASE("a multipart of another kind is read as mixed (RFC 2046 5.1.3)") {
  for (const char* type : {"multipart/related;boundary=b", "Multipart/X-New;boundary=b"})
    CHECK(read(type, multipart({text, optional_picture})).text == "hello");
  CHECK(failure("multipart/signed;boundary=b", multipart({text, part("application/pkcs7-signature", "x")})) ==
        Errc::unsupported);
}

TEST_CASE("a multipart without parts, without a boundary, or encoded as a whole, is malformed") {
  CHECK(failure(mixed, "hello") == Errc::syntax);
  CHECK(failure(mixed, "--b--\r\n") == Errc::syntax);
  CHECK(failure(alternative, "") == Errc::syntax);
  CHECK(failure("multipart/mixed", multipart({text})) == Errc::syntax);
  CHECK(failure(mixed, multipart({text, "no header"})) == Errc::truncated);
  // RFC 2045 6.4.
  const std::string encoded =
      part("multipart/mixed;boundary=c", multipart({text}, "c"), "Content-Transfer-Encoding: base64\r\n");
  CHECK(failure(mixed, multipart({encoded})) == Errc::syntax);
}

TEST_CASE("multiparts may stand in each other up to a limit") {
  std::string body = multipart({text}, "b0");
  std::string type = "multipart/mixed;boundary=b0";
  for (std::size_t i = 1; i < Body::max_nesting; ++i) {
    const std::string boundary = "b" + std::to_string(i);
    body = multipart({part(type, body)}, boundary);
    type = "multipart/mixed;boundary=" + boundary;
  }
  CHECK(read(type, body).text == "hello");
  CHECK(failure(mixed, multipart({part(type, body)}, "b")) == Errc::unsupported);
}

TEST_CASE("a body may have parts up to a limit, those of all its multiparts counted") {
  const std::vector<std::string> half(Body::max_parts / 2, text);
  const std::string inner = part("multipart/mixed;boundary=c", multipart(half, "c"));
  for (const std::string& type : {mixed, alternative}) {
    CAPTURE(type);
    std::vector<std::string> parts(Body::max_parts, text);
    CHECK(read(type, multipart(parts)).text);
    parts.push_back(text);
    CHECK(failure(type, multipart(parts)) == Errc::too_large);
  }
  CHECK(failure(mixed, multipart({inner, inner})) == Errc::too_large);
  // Those that are not chosen do not count.
  CHECK(read(alternative, multipart({inner, inner})).text);
}

TEST_CASE("transfer encodings of parts are undone, before the charset is") {
  CHECK(read(mixed, multipart({part("text/plain", "aGVsbG8=", "Content-Transfer-Encoding: BASE64\r\n")}))
            .text == "hello");
  const std::string latin = part("text/plain;charset=iso-8859-1", "gr=FC=\r\n=DF",
                                 "Content-Transfer-Encoding: quoted-printable\r\n");
  CHECK(read(mixed, multipart({latin})).text == "gr\xc3\xbc\xc3\x9f");
  CHECK(failure(mixed, multipart({part("text/plain", "a", "Content-Transfer-Encoding: base64\r\n")})) ==
        Errc::truncated);
}

TEST_CASE("a language is that of the text, or of the multipart around it") {
  MimeEntity entity;
  entity.content_type = mixed;
  entity.content_language = "en";
  const std::string inherited = multipart({text, text});
  entity.body = inherited;
  CHECK(parse_entity(entity)->language == "en");
  const std::string its_own = multipart({part("text/plain", "bonjour", "Content-Language: fr ,de\r\n")});
  entity.body = its_own;
  CHECK(parse_entity(entity)->language == "fr, de");
  const std::string both = multipart({text, part("text/plain", "bonjour", "Content-Language: fr\r\n")});
  entity.body = both;
  CHECK(parse_entity(entity)->language.empty());
  entity.content_type = "text/plain";
  entity.content_language = "no language";
  CHECK(parse_entity(entity)->language.empty());
}

TEST_CASE("an aggregate in CPIM holds notifications, with and without a disposition of their own") {
  const std::string first = part("message/imdn+xml", imdn("m1"));
  const std::string second = part("message/imdn+xml", imdn("m2"), "Content-Disposition: notification\r\n");
  const Body body = read(mixed, multipart({first, second}), "notification", Envelope::cpim);
  REQUIRE(body.notifications.size() == 2);
  CHECK(body.notifications[1].message_id == "m2");
  CHECK_FALSE(body.text);
  CHECK(failure(mixed, multipart({first, second}), "", Envelope::cpim) == Errc::unsupported);
  CHECK(failure(mixed, multipart({first, second}), "notification") == Errc::unsupported);
  CHECK(failure(mixed, multipart({first, text}), "notification", Envelope::cpim) == Errc::unsupported);
}

TEST_CASE("a text may come with a notification, and with a status of composing") {
  const std::string notification =
      part("message/imdn+xml", imdn("m1"), "Content-Disposition: notification\r\n");
  const Body body =
      read(mixed, multipart({text, notification, part("application/im-iscomposing+xml", is_composing)}), "",
           Envelope::cpim);
  CHECK(body.text == "hello");
  CHECK(body.notifications.size() == 1);
  REQUIRE(body.composing);
  CHECK(body.composing->state == IsComposing::State::active);
}

TEST_CASE("a part without Content-Type is text/plain, an empty text is one") {
  const Body body = read("", "");
  CHECK(body.text == "");
  CHECK(body.type == "text/plain");
  CHECK_FALSE(body.is_empty());
  CHECK(read("text/plain", "x", "Inline").text == "x");
  CHECK(read("text/plain", "x", "a b").text == "x");
}

}  // namespace body_test
