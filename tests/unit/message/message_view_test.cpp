#include "message/message_view.h"

#include <catch2/catch.hpp>
#include <string>

#include "message/mandatory_headers.h"

namespace message_view_test {

using namespace sip;

namespace {

const std::string request =
    "MESSAGE sip:bob@example.org SIP/2.0\r\n"
    "v: SIP/2.0/WS one.invalid;branch=z9hG4bK1, SIP/2.0/UDP two;branch=z9hG4bK2\r\n"
    "Via: SIP/2.0/TCP three;branch=z9hG4bK3\r\n"
    "Max-Forwards: 70\r\n"
    "f: <sip:alice@example.org>;tag=a\r\n"
    "t: <sip:bob@example.org>\r\n"
    "i: id@x\r\n"
    "CSeq: 1 MESSAGE\r\n"
    "X-Kept: a\r\n  folded value\r\n"
    "c: text/plain\r\n"
    "l: 5\r\n"
    "\r\n"
    "hello";

std::string with(std::string from, const std::string& what, const std::string& by) {
  const auto at = from.find(what);
  REQUIRE(at != std::string::npos);
  return from.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("a request is taken apart, folds and compact names included") {
  const auto message = MessageView::parse(request);
  REQUIRE(message);
  CHECK(message->is_request());
  CHECK(message->method() == "MESSAGE");
  CHECK(message->request_uri() == "sip:bob@example.org");
  CHECK(message->version() == "SIP/2.0");
  CHECK(message->fields().size() == 10);
  CHECK(message->value(HeaderName::call_id) == "id@x");
  CHECK(message->fields()[7].name_text == "X-Kept");
  CHECK(message->fields()[7].value == "a\r\n  folded value");
  CHECK(message->body() == "hello");
}

TEST_CASE("a response is taken apart, an empty reason included") {
  const auto message = MessageView::parse("SIP/2.0 200 \r\nCSeq: 1 X\r\n\r\n");
  REQUIRE(message);
  CHECK(message->status() == 200);
  CHECK(message->reason().empty());
  CHECK_FALSE(message->is_request());
}

TEST_CASE("values of repeated and comma-separated fields come in order") {
  const auto message = MessageView::parse(request);
  ValueReader reader(*message, HeaderName::via);
  CHECK(reader.next() == "SIP/2.0/WS one.invalid;branch=z9hG4bK1");
  CHECK(reader.next() == "SIP/2.0/UDP two;branch=z9hG4bK2");
  CHECK(reader.next() == "SIP/2.0/TCP three;branch=z9hG4bK3");
  CHECK_FALSE(reader.next());
}

TEST_CASE("commas in quotes and angle brackets do not part values") {
  std::string_view list = "\"a, \\\", b\" <sip:x@y;p=1,2>, <sip:z@y>";
  CHECK(take_value(list) == "\"a, \\\", b\" <sip:x@y;p=1,2>");
  CHECK(take_value(list) == "<sip:z@y>");
  CHECK(list.empty());
}

TEST_CASE("a quote that does not end spoils its own value alone, a bracket all that is behind it") {
  std::string_view list = "\"a, b, <c, d";
  CHECK(take_value(list) == "\"a");
  CHECK(take_value(list) == "b");
  CHECK(take_value(list) == "<c, d");
  CHECK(list.empty());
}

TEST_CASE("what is no SIP message is refused") {
  const auto text =
      GENERATE("", "\r\n\r\n", "hello\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "SIP/2.0 99 Low\r\n\r\n",
               "SIP/2.0 700 High\r\n\r\n", "SIP/2.0 2xx Odd\r\n\r\n", "SIP/2.0 200OK\r\n\r\n",
               "MESSAGE sip:a@b SIP/2.0", "MESSAGE sip:a@b SIP/2.0\r\nTo: x",
               "ME(SSAGE sip:a@b SIP/2.0\r\n\r\n", "MESSAGE sip:a@b\r\n\r\n");
  CAPTURE(text);
  CHECK_FALSE(MessageView::parse(text));
}

TEST_CASE("limits are errors, never a cut") {
  std::string many = "MESSAGE sip:a@b SIP/2.0\r\n";
  for (std::size_t i = 0; i <= max_header_fields; ++i) many += "X: y\r\n";
  CHECK(MessageView::parse(many + "\r\n").error().code == Errc::too_large);
  const std::string big = "MESSAGE sip:a@b SIP/2.0\r\n\r\n" + std::string(max_message_size, 'x');
  CHECK(MessageView::parse(big).error().code == Errc::too_large);
}

TEST_CASE("Content-Length is judged by how the transport frames messages") {
  using Framing = MessageView::Framing;
  const auto trimmed = [](const std::string& text, Framing framing) {
    auto message = MessageView::parse(text);
    REQUIRE(message);
    return message->trim_body(framing).has_value() ? std::string("error") : std::string(message->body());
  };
  CHECK(trimmed(request, Framing::datagram) == "hello");
  CHECK(trimmed(request, Framing::exact) == "hello");
  CHECK(trimmed(request + "more", Framing::datagram) == "hello");
  CHECK(trimmed(request + "more", Framing::exact) == "error");
  CHECK(trimmed(with(request, "l: 5", "l: 6"), Framing::datagram) == "error");
  CHECK(trimmed(with(request, "l: 5", "l: -5"), Framing::datagram) == "error");
  CHECK(trimmed(with(request, "l: 5", "l: 5\r\nContent-Length: 4"), Framing::datagram) == "error");
  CHECK(trimmed(with(request, "l: 5\r\n", ""), Framing::exact) == "hello");
}

TEST_CASE("mandatory header fields are each there once and well-formed") {
  const auto headers = MandatoryHeaders::parse(*MessageView::parse(request));
  REQUIRE(headers);
  CHECK(headers->via.branch() == "z9hG4bK1");
  CHECK(headers->from.tag() == "a");
  CHECK(headers->to.uri.user == "bob");
  CHECK(headers->call_id == "id@x");
  CHECK(headers->cseq.number == 1);
  CHECK(headers->max_forwards == 70);
}

TEST_CASE("a missing or malformed mandatory header field is named") {
  struct Row {
    std::string what, by, named;
  };
  const auto row = GENERATE(
      Row{"f: <sip:alice@example.org>;tag=a\r\n", "", "From"},
      Row{"t: <sip:bob@example.org>", "t: <sip:bob", "To"}, Row{"i: id@x\r\n", "", "Call-ID"},
      Row{"i: id@x", "i: two words", "Call-ID"}, Row{"CSeq: 1 MESSAGE", "CSeq: 1 INVITE", "CSeq"},
      Row{"CSeq: 1 MESSAGE", "CSeq: one MESSAGE", "CSeq"},
      Row{"Max-Forwards: 70", "Max-Forwards: 256", "Max-Forwards"},
      Row{"SIP/2.0/WS one", "SIP/2.0WS one", "Via"}, Row{"X-Kept: a", "no colon here", "header line"},
      Row{"X-Kept: a", "To: <sip:bob@example.org>", "To"});
  CAPTURE(row.by, row.named);
  const std::string text = with(request, row.what, row.by);
  const auto message = MessageView::parse(text);
  REQUIRE(message);
  const auto headers = MandatoryHeaders::parse(*message);
  REQUIRE_FALSE(headers);
  CHECK(headers.error().what == row.named);
}

TEST_CASE("what stands between the version and a space behind it makes the start line malformed") {
  const auto message = MessageView::parse("OPTIONS sip:bob@example.org SIP/2.0 more \r\nVia: x\r\n\r\n");
  REQUIRE_FALSE(message);
  CHECK(message.error().code == Errc::bad_start_line);
}

}  // namespace message_view_test
