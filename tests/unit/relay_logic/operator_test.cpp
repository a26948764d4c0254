#include "mailbox_bench.h"

namespace operator_test {

using namespace relay::test;

namespace {

const Peer browser = peer(Protocol::ws, 1);
const Peer phone = peer(Protocol::udp, 3);

}  // namespace

TEST_CASE("a user whose bindings the operator forgets is away, and may register again") {
  MailboxBench bench;
  bench.come(phone);
  bench.relay.unregister(bench.now, "bob");
  bench.drain();
  CHECK(bench.relay.location().size() == 0);
  CHECK(Bench::status_of(bench.write_to_bob("hello").bytes) == 202);
  bench.come(phone);
  bench.expect("hello");
}

TEST_CASE("new routes count for the next request, and the time that messages wait for the next message") {
  MailboxBench bench;
  const Endpoint server{Protocol::udp, *IpAddress::parse("203.0.113.9"), 5080};
  bench.relay.adjust({.routes = {{"example.net", server}}, .keeps_messages_for = Seconds(600)});
  bench.say_signed(browser, {.uri = "sip:dave@example.net"}, "alice");
  CHECK(bench.take().to.endpoint == server);
  CHECK(Bench::status_of(bench.write_to_bob("hello").bytes) == 202);
  REQUIRE(bench.shelf.messages.size() == 1);
  CHECK(bench.shelf.messages[0].expires_at == bench.now.wall + Seconds(600));
}

TEST_CASE("whether messages are stored at all does not change while the relay runs") {
  MailboxBench with;
  with.relay.adjust({});
  CHECK(Bench::status_of(with.write_to_bob("hello").bytes) == 202);
  Bench without;
  without.relay.adjust({.keeps_messages_for = Seconds(600)});
  without.say(sender, without.write({.from = "sip:carol@example.net"}));
  CHECK(without.take_status() == 480);
}

}  // namespace operator_test
