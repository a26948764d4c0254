#include "dialog.h"

namespace stateless_refusal_test {

using namespace relay::test;

namespace {

const Peer victim = peer(Protocol::udp, 9);
const std::string stranger = "sip:carol@example.net";

std::string tag_of(const std::string& response) {
  const std::string to = Bench::field(response, HeaderName::to);
  const std::size_t at = to.find(";tag=");
  REQUIRE(at != std::string::npos);
  return to.substr(at);
}

/// The ACK of a refusal (17.1.1.3).
std::string ack_of(std::string invite, const std::string& response) {
  for (std::size_t at = 0; (at = invite.find("INVITE", at)) != std::string::npos; at += 3)
    invite.replace(at, 6, "ACK");
  const std::string to = Bench::field(invite, HeaderName::to);
  const std::size_t at = invite.find("To: ") + 4;
  return invite.replace(at, to.size(), to + tag_of(response));
}

struct Refused {
  int status;
  Sketch sketch;
};

}  // namespace

TEST_CASE("to an INVITE over UDP of nobody knows whom one datagram is sent, and nothing is kept (26.3.2.4)") {
  Bench bench;
  const std::vector<Refused> all{
      {407, {.method = "INVITE"}},
      {480, {.method = "INVITE", .from = stranger}},
      {404, {.method = "INVITE", .uri = "sip:example.org", .from = stranger}},
      {403, {.method = "INVITE", .uri = "sip:dave@far.example", .from = stranger}},
      {420, {.method = "INVITE", .from = stranger, .fields = "Proxy-Require: x\r\n"}},
      {401, {.method = "REGISTER", .uri = "sip:example.org", .to = "sip:bob@example.org"}}};
  for (const auto& [status, sketch] : all) {
    CAPTURE(status);
    const std::string request = bench.write(sketch);
    bench.say(victim, request);
    const auto first = bench.take();
    CHECK(Bench::status_of(first.bytes) == status);
    CHECK(first.to == victim);
    CHECK(bench.relay.transactions() == 0);
    for (int second = 0; second < 40; ++second) bench.advance(Seconds(1));
    CHECK(bench.sent.empty());

    bench.say(victim, request);
    const auto again = bench.take();
    CHECK(Bench::status_of(again.bytes) == status);
    CHECK(tag_of(again.bytes) == tag_of(first.bytes));
    if (sketch.method == "INVITE") bench.say(victim, ack_of(request, first.bytes));
    CHECK(bench.sent.empty());
    CHECK(bench.relay.transactions() == 0);
  }
}

TEST_CASE("the Route of a dialog does not have others than its ends sent more than one datagram") {
  Calls bench(true);
  const Peer bob = peer(Protocol::tcp, 2), caller = peer(Protocol::tcp, 3);
  const std::string contact = "sip:bob@198.51.100.2:5002;transport=tcp";
  bench.enrol(bob, "bob", "<" + contact + ">");
  bench.say(caller, bench.invite({.from = stranger, .via = "SIP/2.0/TCP 198.51.100.3:5003;branch=z9hG4bKg"},
                                 "sip:m@198.51.100.3:5003;transport=tcp"));
  bench.to(caller);
  const auto invite = bench.to(bob);
  bench.answer(invite, 200, contact, "bob");
  Dialog ends = Calls::dialog(caller, invite, bench.to(caller));
  ends.caller.peer = victim;
  ends.caller.local = "<sip:alice@example.org>;tag=f";
  ends.caller.target = "sip:alice@example.org";
  bench.say(victim, ends.caller.write("INVITE"));
  CHECK(bench.status_to(victim) == 407);
  for (int second = 0; second < 40; ++second) bench.advance(Seconds(1));
  CHECK(bench.sent.empty());
}

TEST_CASE("a wrong password over UDP is refused by one datagram, too; what a user is refused is kept") {
  Bench bench;
  bench.say_signed(victim, {.method = "INVITE"}, "alice", "guess");
  CHECK(bench.take_status() == 407);
  CHECK(bench.relay.transactions() == 0);
  bench.say_signed(victim, {.method = "INVITE", .uri = "sip:nobody@example.org"}, "alice");
  CHECK(bench.take_status() == 404);
  CHECK(bench.relay.transactions() == 1);
  bench.advance(Milliseconds(500));
  CHECK(bench.take_status() == 404);
}

TEST_CASE("once a stranger's INVITE has had a 100 its refusal is sent again until the ACK (17.1.1.2)") {
  Bench bench;
  bench.store_is_slow = true;
  const std::string invite = bench.write({.method = "INVITE", .from = stranger});
  bench.say(victim, invite);
  bench.advance(Milliseconds(250));
  CHECK(bench.take_status() == 100);
  bench.relay.answer(bench.now, JobId{1}, relay::Relay::UserFound{});
  bench.drain();
  const auto refusal = bench.take();
  CHECK(Bench::status_of(refusal.bytes) == 480);
  bench.advance(Milliseconds(500));
  CHECK(bench.take().bytes == refusal.bytes);
  bench.say(victim, ack_of(invite, refusal.bytes));
  for (int second = 0; second < 40; ++second) bench.advance(Seconds(1));
  CHECK(bench.sent.empty());
  CHECK(bench.relay.transactions() == 0);
}

TEST_CASE("another request is sent again after a 100, too: its refusal is not") {
  Bench bench;
  bench.store_is_slow = true;
  bench.say(victim, bench.write({.from = stranger}));
  bench.advance(Milliseconds(5000));
  CHECK(bench.take_status() == 100);
  bench.relay.answer(bench.now, JobId{1}, relay::Relay::UserFound{});
  bench.drain();
  CHECK(bench.take_status() == 480);
  CHECK(bench.relay.transactions() == 0);
}

TEST_CASE("over a connection no refused INVITE waits for an ACK that need not come, either") {
  Bench bench;
  const Peer stranger_there = peer(Protocol::tcp, 3);
  for (int i = 0; i < 10; ++i) {
    const std::string invite = bench.write({.method = "INVITE"});
    bench.say(stranger_there, invite);
    const auto refusal = bench.take();
    CHECK(Bench::status_of(refusal.bytes) == 407);
    CHECK(refusal.to.flow == stranger_there.flow);
    CHECK(bench.relay.transactions() == 0);
    bench.say(stranger_there, ack_of(invite, refusal.bytes));
    CHECK(bench.sent.empty());
  }
}

TEST_CASE("nothing is kept of a user's INVITEs that are too many") {
  relay::Settings settings = Bench::settings(true);
  settings.limits.messages.most = 1;
  const Protocol protocol = GENERATE(Protocol::udp, Protocol::tcp);
  Bench bench(settings);
  const Sketch call{.method = "INVITE", .uri = "sip:nobody@example.org"};
  bench.say_signed(peer(protocol, 3), call, "alice");
  CHECK(bench.take_status() == 404);
  const std::size_t counted = bench.relay.transactions();
  bench.say_signed(peer(protocol, 3), call, "alice");
  CHECK(bench.take_status() == 503);
  CHECK(bench.relay.transactions() == counted);
}

TEST_CASE("a source gets so many refusals a minute over UDP and no more, others are told as ever") {
  Bench bench;
  const auto answered = [&](const Peer& from) {
    bench.say(from, bench.write({}));
    return std::exchange(bench.sent, {}).size();
  };
  std::size_t answers = 0;
  for (int i = 0; i < 6100; ++i) answers += answered(victim);
  CHECK(answers == 6000);
  CHECK(answered(peer(Protocol::udp, 10)) == 1);
  CHECK(answered(peer(Protocol::tcp, 9)) == 1);
  bench.advance(Seconds(1));
  CHECK(answered(victim) == 1);
}

}  // namespace stateless_refusal_test
