#include "bench.h"

namespace invite_test {

using namespace relay::test;

namespace {

const Peer phone = peer(Protocol::udp, 9);
/// To nobody: it is refused, and once it is known who calls, that is remembered.
const Sketch call{.method = "INVITE",
                  .uri = "sip:nobody@example.org",
                  .via = "SIP/2.0/UDP 198.51.100.9:5009;rport;branch=z9hG4bKcall"};

Sketch with_method(const std::string& method, std::string to = {}) {
  Sketch sketch = call;
  sketch.method = method;
  sketch.to = std::move(to);
  return sketch;
}
/// As answered: the To value of a response, between its angle brackets and with its tag.
std::string tag_of(const std::string& response) {
  const std::string to = Bench::field(response, HeaderName::to);
  return to.substr(to.find(";tag="));
}

}  // namespace

TEST_CASE("a user's INVITE to nobody is refused with 404, again by Timer G until its ACK") {
  Bench bench;
  bench.say_signed(phone, call, "alice");
  const auto refusal = bench.take();
  CHECK(Bench::status_of(refusal.bytes) == 404);
  CHECK(refusal.to == phone);
  CHECK(Bench::field(refusal.bytes, HeaderName::via).find(";received=198.51.100.9;rport=5009") !=
        std::string::npos);
  bench.say(phone, bench.write(call));
  CHECK(bench.take().bytes == refusal.bytes);
  bench.advance(Milliseconds(499));
  CHECK(bench.sent.empty());
  bench.advance(Milliseconds(1));
  CHECK(bench.take().bytes == refusal.bytes);
  bench.advance(Milliseconds(1000));
  CHECK(bench.take().bytes == refusal.bytes);
  bench.say(phone, bench.write(with_method("ACK")));
  bench.advance(Milliseconds(2000));
  CHECK(bench.sent.empty());
  CHECK(bench.relay.deadline() == bench.now.mono + Milliseconds(3000));
}

TEST_CASE("an INVITE to the relay itself is refused with 404 and Allow") {
  Bench bench;
  Sketch to_relay = call;
  to_relay.uri = "sip:example.org";
  bench.say(phone, bench.write(to_relay));
  const auto refusal = bench.take();
  CHECK(Bench::status_of(refusal.bytes) == 404);
  CHECK(Bench::field(refusal.bytes, HeaderName::allow) == "REGISTER, MESSAGE, OPTIONS");
}

TEST_CASE("an INVITE whose refusal nobody acknowledges is let go after H") {
  Bench bench;
  bench.say_signed(phone, call, "alice");
  for (int i = 0; i < 320; ++i) bench.advance(Milliseconds(100));
  CHECK(bench.sent.size() == 11);
  CHECK_FALSE(bench.relay.deadline());
}

TEST_CASE("an ACK of nothing is dropped") {
  Bench bench;
  bench.say(phone, bench.write(with_method("ACK")));
  CHECK(bench.sent.empty());
  CHECK_FALSE(bench.relay.deadline());
}

TEST_CASE("a CANCEL of an INVITE gets 200 with the To tag of its refusal, and changes nothing (9.2)") {
  Bench bench;
  bench.say_signed(phone, call, "alice");
  const auto refusal = bench.take();
  bench.say(phone, bench.write(with_method("CANCEL")));
  const auto answer = bench.take();
  CHECK(Bench::status_of(answer.bytes) == 200);
  CHECK(tag_of(answer.bytes) == tag_of(refusal.bytes));
  CHECK(Bench::field(answer.bytes, HeaderName::via) == Bench::field(refusal.bytes, HeaderName::via));
  bench.advance(Milliseconds(500));
  CHECK(bench.take().bytes == refusal.bytes);
}

TEST_CASE("a CANCEL of another method gets 200 and no challenge, and the request goes on (9.2)") {
  Bench bench;
  const Peer browser = peer(Protocol::ws, 3);
  bench.enrol(browser, "bob", "<sip:bob@b.invalid>");
  Sketch message = with_method("MESSAGE");
  message.uri = "sip:bob@example.org";
  message.from = "sip:carol@example.net";
  bench.say(phone, bench.write(message));
  const auto forwarded = bench.take();
  bench.say(phone, bench.write(with_method("CANCEL")));
  const auto cancelled = bench.take();
  CHECK(Bench::status_of(cancelled.bytes) == 200);
  CHECK(Bench::field(cancelled.bytes, HeaderName::cseq).find("CANCEL") != std::string::npos);
  CHECK(bench.sent.empty());
  bench.respond(forwarded, 200);
  const auto answer = bench.take();
  CHECK(Bench::status_of(answer.bytes) == 200);
  CHECK(Bench::field(answer.bytes, HeaderName::cseq).find("MESSAGE") != std::string::npos);
}

TEST_CASE("a CANCEL that means nothing here gets 481, also with another sent-by") {
  Bench bench;
  bench.say(phone, bench.write(call));
  bench.take();
  Sketch cancel = with_method("CANCEL");
  cancel.via = GENERATE("SIP/2.0/UDP 198.51.100.9:5009;branch=z9hG4bKother",
                        "SIP/2.0/UDP 198.51.100.8:5009;branch=z9hG4bKcall");
  bench.say(phone, bench.write(cancel));
  CHECK(bench.take_status() == 481);
}

}  // namespace invite_test
