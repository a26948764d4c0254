#include <catch2/catch.hpp>
#include <vector>

#include "auth/digest_server.h"
#include "message/mandatory_headers.h"
#include "message/message.h"
#include "ua/user_agent.h"

namespace request_fields_test {

using namespace sip;

namespace {

/// What a UserAgent of alice puts on the wire.
struct Wire {
  Now now{Instant(Milliseconds(0)), UnixTime(Milliseconds(1'700'000'000'000))};
  UserAgent agent{account(), seed_from(1)};

  static Account account() {
    Account account;
    account.address = "sip:alice@example.org";
    account.credentials.password = "secret";
    return account;
  }
  Wire() {
    agent.start(now);
    sent();
    agent.flow_opened(now, FlowId{1}, Protocol::wss);
  }
  /// The last message sent, empty when there was none.
  std::string sent() {
    std::string last;
    while (auto output = agent.poll())
      if (auto* bytes = std::get_if<UserAgent::SendBytes>(&*output)) last = std::move(bytes->bytes);
    return last;
  }
  void say(const std::string& text) { agent.receive(now, FlowId{1}, text); }
  static Message response_to(const std::string& request, int status) {
    return Message::response_to(*MessageView::parse(request), status, "server");
  }
  std::string message_sent() {
    say(response_to(sent(), 200).finish());
    sent();
    agent.send(now, {.to = "bob", .body = "hi", .id = {}});
    return sent();
  }
};

/// A message and its mandatory fields.
struct Parsed {
  explicit Parsed(std::string whole) : text(std::move(whole)), view(MessageView::parse(text)) {
    REQUIRE(view);
    const auto parsed = MandatoryHeaders::parse(*view);
    REQUIRE(parsed);
    headers = *parsed;
  }
  std::string text;
  Result<MessageView> view;
  MandatoryHeaders headers;
};

}  // namespace

TEST_CASE("MESSAGE carries what every request does (8.1.1)") {
  Wire wire;
  const Parsed message(wire.message_sent());
  CHECK(message.view->request_uri() == "sip:bob@example.org");
  CHECK(message.headers.to.uri.text == "sip:bob@example.org");
  CHECK(message.headers.to.tag().empty());
  CHECK(message.headers.from.uri.text == "sip:alice@example.org");
  CHECK(message.headers.from.tag().size() >= 8);
  CHECK(message.headers.max_forwards == 70u);
  CHECK(message.headers.cseq.number < 0x8000'0000u);
  CHECK(message.headers.via.transport == "WSS");
  CHECK(message.headers.via.branch().starts_with("z9hG4bK"));
  CHECK(message.headers.via.host.ends_with(".invalid"));
  // RFC 3428 9 tables 1, 2: what MESSAGE must not carry.
  for (const HeaderName name :
       {HeaderName::route, HeaderName::record_route, HeaderName::contact, HeaderName::accept,
        HeaderName::accept_encoding, HeaderName::accept_language, HeaderName::alert_info})
    CHECK(message.view->count(name) == 0);
}

TEST_CASE("a challenged request comes again with the next CSeq and a new branch, the rest as it was (22.2)") {
  Wire wire;
  DigestServer server("example.org", Random(seed_from(2)));
  const bool is_message = GENERATE(false, true);
  const std::string unsigned_one = is_message ? wire.message_sent() : wire.sent();
  const HeaderName challenge = is_message ? HeaderName::proxy_authenticate : HeaderName::www_authenticate;
  wire.say(Wire::response_to(unsigned_one, is_message ? 407 : 401)
               .add(challenge, server.challenges(wire.now, false).front())
               .finish());
  const Parsed first(unsigned_one);
  const Parsed second(wire.sent());
  CHECK(second.headers.cseq.number == first.headers.cseq.number + 1);
  CHECK(second.headers.via.branch() != first.headers.via.branch());
  for (const HeaderName name : {HeaderName::call_id, HeaderName::from, HeaderName::to})
    CHECK(second.view->value(name) == first.view->value(name));
  const HeaderName answer = is_message ? HeaderName::proxy_authorization : HeaderName::authorization;
  CHECK(second.view->count(answer) == 1);
}

TEST_CASE("what the registrar asked for is not shown to those who get a MESSAGE") {
  Wire wire;
  DigestServer server("example.org", Random(seed_from(2)));
  wire.say(Wire::response_to(wire.sent(), 401)
               .add(HeaderName::www_authenticate, server.challenges(wire.now, false).front())
               .finish());
  const Parsed message(wire.message_sent());
  CHECK(message.view->count(HeaderName::authorization) == 0);
  CHECK(message.view->count(HeaderName::proxy_authorization) == 0);
}

TEST_CASE("REGISTERs count by themselves, each one more than the one before (10.2)") {
  Wire wire;
  const Parsed first(wire.sent());
  wire.say(Wire::response_to(first.text, 200).add("Expires", "60").finish());
  wire.sent();
  for (int i = 0; i < 3; ++i) {
    wire.agent.send(wire.now, {.to = "bob", .body = "hi", .id = {}});
    wire.say(Wire::response_to(wire.sent(), 200).finish());
  }
  wire.now.mono += Milliseconds(54'000);
  wire.agent.advance(wire.now);
  const Parsed second(wire.sent());
  CHECK(second.view->method() == "REGISTER");
  CHECK(second.headers.cseq.number == first.headers.cseq.number + 1);
}

TEST_CASE("a response with a second Via was meant for somebody behind us (8.1.3.3)") {
  Wire wire;
  const std::string request = wire.sent();
  std::string misrouted = Wire::response_to(request, 200).finish();
  misrouted.insert(misrouted.find("From:"), "Via: SIP/2.0/UDP other;branch=z9hG4bKx\r\n");
  wire.say(misrouted);
  wire.agent.send(wire.now, {.to = "bob", .body = "hi", .id = {}});
  CHECK(wire.sent().empty());
  wire.say(Wire::response_to(request, 200).finish());
  CHECK(wire.sent().starts_with("MESSAGE"));
}

}  // namespace request_fields_test
