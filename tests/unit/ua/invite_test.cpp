#include <catch2/catch.hpp>
#include <memory>

#include "message/message.h"
#include "ua/user_agent.h"

namespace invite_test {

using namespace sip;

namespace {

constexpr FlowId flow{1};

/// A registered UserAgent, and a caller's words put into its ear.
struct Bench {
  explicit Bench(Protocol protocol) {
    Account account;
    account.address = "sip:alice@example.org";
    agent = std::make_unique<UserAgent>(account, seed_from(1));
    agent->start(now);
    agent->flow_opened(now, flow, protocol);
    const std::string text = sent();
    const auto request = MessageView::parse(text);
    REQUIRE(request);
    agent->receive(now, flow, Message::response_to(*request, 200, "server").finish());
    CHECK(sent().empty());
  }

  /// The next bytes that it sends; empty when it has nothing to say.
  std::string sent() {
    while (auto output = agent->poll())
      if (auto* bytes = std::get_if<UserAgent::SendBytes>(&*output)) return bytes->bytes;
    return {};
  }
  std::string say(const std::string& method, const std::string& branch = "z9hG4bKcall") {
    agent->receive(now, flow,
                   method + " sip:alice@k3.invalid SIP/2.0\r\nVia: SIP/2.0/UDP server;branch=" + branch +
                       "\r\nFrom: <sip:bob@example.org>;tag=b\r\nTo: <sip:alice@example.org>\r\n"
                       "Call-ID: c1\r\nCSeq: 1 " +
                       method + "\r\nContent-Length: 0\r\n\r\n");
    return sent();
  }
  std::string advance(Milliseconds by) {
    now.mono += by;
    agent->advance(now);
    return sent();
  }

  Now now{Instant(Milliseconds(0)), UnixTime(Milliseconds(1'700'000'000'000))};
  std::unique_ptr<UserAgent> agent;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
std::string to_of(const std::string& text) {
  const auto view = MessageView::parse(text);
  REQUIRE(view);
  return std::string(view->value(HeaderName::to).value_or("(absent)"));
}

}  // namespace

TEST_CASE("an INVITE over UDP is refused with 405 and Allow, again by Timer G until its ACK") {
  Bench bench(Protocol::udp);
  const std::string refusal = bench.say("INVITE");
  CHECK(refusal.starts_with("SIP/2.0 405 "));
  CHECK(has(refusal, "Allow: MESSAGE, OPTIONS\r\n"));
  CHECK(bench.say("INVITE") == refusal);
  CHECK(bench.advance(Milliseconds(500)) == refusal);
  CHECK(bench.say("ACK").empty());
  CHECK(bench.advance(Milliseconds(1000)).empty());
}

TEST_CASE("an INVITE over a WebSocket is refused once, and again when it is repeated before its ACK") {
  Bench bench(Protocol::ws);
  const std::string refusal = bench.say("INVITE");
  CHECK(refusal.starts_with("SIP/2.0 405 "));
  CHECK(bench.advance(Milliseconds(20'000)).find("SIP/2.0") == std::string::npos);
  CHECK(bench.say("INVITE") == refusal);
  CHECK(bench.say("ACK").empty());
  CHECK(bench.say("ACK").empty());
}

TEST_CASE("a CANCEL of a known transaction gets 200, with the To tag of its answer where that is kept") {
  Bench bench(Protocol::udp);
  const std::string method = GENERATE("INVITE", "OPTIONS");
  const std::string answer = bench.say(method);
  const std::string cancelled = bench.say("CANCEL");
  CHECK(cancelled.starts_with("SIP/2.0 200 "));
  CHECK(has(cancelled, "CSeq: 1 CANCEL\r\n"));
  CHECK(to_of(cancelled) == to_of(answer));
  CHECK(bench.say(method) == answer);
}

TEST_CASE("a CANCEL of an unknown transaction gets 481") {
  Bench bench(Protocol::udp);
  bench.say("INVITE");
  CHECK(bench.say("CANCEL", "z9hG4bKother").starts_with("SIP/2.0 481 "));
}

TEST_CASE("a flood of INVITEs fills no memory: past the limit they get 503, and known ones go on") {
  Bench bench(Protocol::ws);
  int refused = 0;
  for (int i = 0; i < 10'100; ++i)
    refused += bench.say("INVITE", "z9hG4bK" + std::to_string(i)).starts_with("SIP/2.0 503 ") ? 1 : 0;
  CHECK(refused == 100);
  CHECK(bench.say("INVITE", "z9hG4bK0").starts_with("SIP/2.0 405 "));
  bench.say("ACK", "z9hG4bK0");
  CHECK(bench.say("INVITE", "z9hG4bKanother").starts_with("SIP/2.0 405 "));
}

}  // namespace invite_test
