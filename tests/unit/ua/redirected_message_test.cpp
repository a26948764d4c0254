#include <catch2/catch.hpp>

#include "conversation_bench.h"

namespace redirected_message_test {

using namespace sip;

namespace {

std::string_view request_uri(const std::string& request) {
  return MessageView::parse(request)->request_uri();
}

std::string field(const std::string& request, HeaderName name) {
  return std::string(MessageView::parse(request)->value(name).value_or(""));
}

}  // namespace

TEST_CASE("a redirected message keeps Call-ID, From, To, Date and text, and goes to the Contact") {
  // RFC 3261 8.1.3.4.
  Conversation bench;
  const std::string first = bench.write("hello");
  bench.respond(first, 302, {{HeaderName::contact, "<sip:bob@work.example.net;x=y?Subject=z>;q=0.5"}});
  const std::string second = bench.take();
  CHECK(request_uri(first) == "sip:bob@example.org");
  CHECK(request_uri(second) == "sip:bob@work.example.net;x=y");
  for (const HeaderName name : {HeaderName::call_id, HeaderName::from, HeaderName::to, HeaderName::date}) {
    CHECK(field(first, name) == field(second, name));
    CHECK_FALSE(field(first, name).empty());
  }
  CHECK(body_of(second) == "hello");
  CHECK(field(first, HeaderName::via) != field(second, HeaderName::via));
  CHECK(field(first, HeaderName::cseq) != field(second, HeaderName::cseq));
  bench.respond(second, 200);
  CHECK(bench.states ==
        std::vector<DeliveryState>{DeliveryState::queued, DeliveryState::sending, DeliveryState::delivered});
}

TEST_CASE("the digest of a redirected message is for the URI that it goes to") {
  Account account = Conversation::account();
  account.credentials.password = "secret";
  Conversation bench(account);
  bench.respond(bench.write("hello"), 302, {{HeaderName::contact, "<sip:bob@work.example.net>"}});
  bench.respond(bench.take(), 407,
                {{HeaderName::proxy_authenticate,
                  "Digest realm=\"example.org\", nonce=\"n\", algorithm=SHA-256, qop=\"auth\""}});
  const std::string again = bench.take();
  CHECK(request_uri(again) == "sip:bob@work.example.net");
  CHECK(has(field(again, HeaderName::proxy_authorization), "uri=\"sip:bob@work.example.net\""));
}

TEST_CASE("a redirection without a place to go fails the message, and the next one goes out") {
  Conversation bench;
  const std::string first = bench.write("one", "m1");
  bench.agent.send(bench.now, {.to = "bob", .body = "two", .id = "m2"});
  bench.respond(first, 302, {{HeaderName::contact, "<tel:+1>"}});
  CHECK(has(bench.take(), "Call-ID: m2\r\n"));
  CHECK(bench.states[3] == DeliveryState::failed);
}

TEST_CASE("416 to an im URI sends the same message to the sip URI") {
  // RFC 3261 8.1.3.5.
  Conversation bench;
  bench.agent.send(bench.now, {.to = "im:carol@example.net", .body = "hi", .id = "m1"});
  const std::string first = bench.take();
  CHECK(request_uri(first) == "im:carol@example.net");
  bench.respond(first, 416);
  const std::string second = bench.take();
  CHECK(request_uri(second) == "sip:carol@example.net");
  CHECK(field(second, HeaderName::to) == "<im:carol@example.net>");
  CHECK(field(second, HeaderName::call_id) == "m1");
  bench.respond(second, 416);
  CHECK(bench.last.reason == FailureReason::bad_recipient);
}

TEST_CASE("an im URI of one's own domain is resolved before it is sent") {
  Conversation bench;
  bench.agent.send(bench.now, {.to = "im:bob@example.org", .body = "hi", .id = "m1"});
  const std::string first = bench.take();
  CHECK(request_uri(first) == "sip:bob@example.org");
  CHECK(field(first, HeaderName::to) == "<sip:bob@example.org>");
}

TEST_CASE("a fork's several answers and notifications are told as one delivery") {
  // RFC 3428 4.
  Conversation bench;
  bench.hear("message/cpim", "From: <sip:bob@example.org>\r\n\r\nContent-Type: text/plain\r\n\r\nhi");
  const std::string request = bench.write("hello");
  for (const int status : {200, 202, 200}) bench.respond(request, status);
  for (int device = 0; device < 3; ++device)
    bench.hear_notification("m1", Imdn::Disposition::delivery, Imdn::Status::delivered);
  for (int device = 0; device < 3; ++device)
    bench.hear_notification("m1", Imdn::Disposition::display, Imdn::Status::displayed);
  CHECK(bench.states == std::vector<DeliveryState>{DeliveryState::queued, DeliveryState::sending,
                                                   DeliveryState::delivered, DeliveryState::displayed});
}

}  // namespace redirected_message_test
