#include "message/message.h"

#include <catch2/catch.hpp>

namespace message_test {

using namespace sip;

namespace {

constexpr std::string_view request =
    "MESSAGE sip:bob@example.org SIP/2.0\r\n"
    "Via: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b;branch=z9hG4bK2\r\n"
    "X-Odd:   kept  as it is\r\n"
    "Max-Forwards: 70\r\n"
    "From: <sip:alice@example.org>;tag=a\r\n"
    "To: Bob <sip:bob@example.org>\r\n"
    "Call-ID: id\r\n"
    "CSeq: 1 MESSAGE\r\n"
    "Content-Length: 2\r\n"
    "\r\nhi";

}  // namespace

TEST_CASE("a request of our own reads back as it was written") {
  const std::string text = Message::request("OPTIONS", "sip:example.org")
                               .add(HeaderName::call_id, "x")
                               .add("X-More", "y")
                               .finish("text/plain", "body");
  CHECK(text ==
        "OPTIONS sip:example.org SIP/2.0\r\nCall-ID: x\r\nX-More: y\r\nContent-Type: text/plain\r\n"
        "Content-Length: 4\r\n\r\nbody");
}

TEST_CASE("a response copies what RFC 3261 8.2.6.2 says and adds a To tag") {
  const auto message = MessageView::parse(request);
  CHECK(Message::response_to(*message, 200, "t1").finish() ==
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/UDP b;branch=z9hG4bK2\r\n"
        "From: <sip:alice@example.org>;tag=a\r\nTo: Bob <sip:bob@example.org>;tag=t1\r\nCall-ID: id\r\n"
        "CSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("neither a 100 nor a To with a tag gets another tag") {
  const auto message = MessageView::parse(request);
  CHECK(Message::response_to(*message, 100, "t1").finish().find("t1") == std::string::npos);
  std::string tagged(request);
  tagged.replace(tagged.find("bob@example.org>\r\nCall"), 16, "bob@example.org>;tag=old");
  const auto with_tag = MessageView::parse(tagged);
  CHECK(Message::response_to(*with_tag, 200, "t1").finish().find("t1") == std::string::npos);
}

TEST_CASE("an edit changes what it names and leaves the rest byte for byte") {
  const auto message = MessageView::parse(request);
  const std::string text = MessageEdit(*message)
                               .request_uri("sip:bob@192.0.2.1")
                               .prepend(HeaderName::via, "SIP/2.0/TCP me;branch=z9hG4bK0")
                               .replace(HeaderName::max_forwards, "69")
                               .write();
  std::string expected(request);
  expected.replace(expected.find("bob@example.org"), 15, "bob@192.0.2.1");
  expected.replace(expected.find("Via"), 0, "Via: SIP/2.0/TCP me;branch=z9hG4bK0\r\n");
  expected.replace(expected.find("70"), 2, "69");
  CHECK(text == expected);
}

TEST_CASE("the first of several values can be removed or replaced") {
  const auto message = MessageView::parse(request);
  const std::string removed = MessageEdit(*message).remove_first(HeaderName::via).write();
  CHECK(removed.find("Via: SIP/2.0/UDP b;branch=z9hG4bK2\r\nX-Odd") != std::string::npos);
  CHECK(removed.find("z9hG4bK1") == std::string::npos);
  const std::string replaced = MessageEdit(*message).replace_first(HeaderName::via, "SIP/2.0/UDP c").write();
  CHECK(replaced.find("Via: SIP/2.0/UDP c\r\nVia: SIP/2.0/UDP b;branch=z9hG4bK2\r\nX-Odd") !=
        std::string::npos);
  const std::string both =
      MessageEdit(*message).replace_first(HeaderName::via, "A").prepend(HeaderName::via, "B").write();
  CHECK(both.find("Via: B\r\nVia: A\r\nVia: SIP/2.0/UDP b;branch=z9hG4bK2\r\n") != std::string::npos);
}

TEST_CASE("a field that is not there is added, and one that is can go") {
  const auto message = MessageView::parse(request);
  const std::string text =
      MessageEdit(*message).replace(HeaderName::route, "<sip:p;lr>").remove(HeaderName::max_forwards).write();
  CHECK(text.find("Route: <sip:p;lr>\r\n\r\nhi") != std::string::npos);
  CHECK(text.find("Max-Forwards") == std::string::npos);
}

TEST_CASE("a message without Content-Length gets one when it is written on") {
  const auto message = MessageView::parse("MESSAGE sip:a@b SIP/2.0\r\nCall-ID: x\r\n\r\nhi");
  CHECK(MessageEdit(*message).write() ==
        "MESSAGE sip:a@b SIP/2.0\r\nCall-ID: x\r\nContent-Length: 2\r\n\r\nhi");
}

TEST_CASE("one field of a name can go, and the others of it stay") {
  const auto message =
      MessageView::parse("MESSAGE sip:a@b SIP/2.0\r\nRoute: one\r\nRoute: two\r\nl: 0\r\n\r\n");
  CHECK(MessageEdit(*message).remove(message->fields()[0]).write() ==
        "MESSAGE sip:a@b SIP/2.0\r\nRoute: two\r\nl: 0\r\n\r\n");
}

TEST_CASE("the version is written in upper case (7.1), another version as it came") {
  const auto message = MessageView::parse("MESSAGE sip:a@b sip/2.0\r\nl: 0\r\n\r\n");
  CHECK(MessageEdit(*message).write() == "MESSAGE sip:a@b SIP/2.0\r\nl: 0\r\n\r\n");
  const auto response = MessageView::parse("sip/2.0 299 So be it\r\nl: 0\r\n\r\n");
  CHECK(MessageEdit(*response).write() == "SIP/2.0 299 So be it\r\nl: 0\r\n\r\n");
  const auto other = MessageView::parse("MESSAGE sip:a@b SIP/7.0\r\nl: 0\r\n\r\n");
  CHECK(MessageEdit(*other).write() == "MESSAGE sip:a@b SIP/7.0\r\nl: 0\r\n\r\n");
}

TEST_CASE("a 100 carries the Timestamp of its request, no other response does (8.2.6.1)") {
  const auto message =
      MessageView::parse("MESSAGE sip:a@b SIP/2.0\r\nTimestamp: 54\r\nTo: <sip:a@b>\r\n\r\n");
  CHECK(Message::response_to(*message, 100, {}).finish().find("Timestamp: 54\r\n") != std::string::npos);
  CHECK(Message::response_to(*message, 200, "t").finish().find("Timestamp") == std::string::npos);
}

}  // namespace message_test
