#include "mailbox_bench.h"

namespace drain_test {

using namespace relay::test;

namespace {

const Peer browser = peer(Protocol::ws, 1);
const Peer phone = peer(Protocol::udp, 3);

}  // namespace

TEST_CASE("a relay that is to end finishes what is under way and refuses what is new (RFC 3261 21.5.4)") {
  MailboxBench bench;
  bench.come(phone);
  CHECK(bench.relay.is_idle());
  const std::string message = bench.write({.from = "sip:carol@example.net", .body = "hello"});
  bench.say(sender, message);
  const auto forwarded = bench.take();

  bench.relay.drain();
  CHECK_FALSE(bench.relay.is_idle());
  const auto refusal = bench.write_to_bob("too late");
  CHECK(Bench::status_of(refusal.bytes) == 503);
  CHECK(Bench::field(refusal.bytes, HeaderName::retry_after) == "5");
  bench.say(browser, bench.write({.method = "REGISTER", .uri = "sip:example.org"}));
  CHECK(bench.take_status() == 503);
  CHECK_FALSE(bench.relay.is_idle());

  bench.respond(forwarded, 200);
  const auto answer = bench.take();
  CHECK(Bench::status_of(answer.bytes) == 200);
  CHECK(answer.to.flow == sender.flow);
  CHECK(bench.relay.is_idle());
}

TEST_CASE("a relay that is to end waits for its store: what is being stored is answered 202 first") {
  MailboxBench bench;
  bench.disk_is_slow = true;
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
  bench.relay.drain();
  CHECK_FALSE(bench.relay.is_idle());
  bench.answer_store();
  CHECK(bench.take_status() == 202);
  CHECK(bench.relay.is_idle());
  CHECK(bench.kept() == std::vector<std::string>{"hello"});
}

TEST_CASE("of the stored messages a relay that is to end finishes the one on its way and begins no other") {
  MailboxBench bench;
  for (const char* body : {"one", "two"}) CHECK(Bench::status_of(bench.write_to_bob(body).bytes) == 202);
  bench.come(browser);
  bench.relay.drain();
  CHECK_FALSE(bench.relay.is_idle());
  bench.expect("one");
  CHECK(bench.relay.is_idle());
  bench.pass(relay::Mailbox::longest_rest);
  CHECK(bench.sent.empty());
  CHECK(bench.kept() == std::vector<std::string>{"two"});
}

TEST_CASE("a stored message that is read from the disk when the relay is to end stays there") {
  MailboxBench bench;
  CHECK(Bench::status_of(bench.write_to_bob("one").bytes) == 202);
  bench.disk_is_slow = true;
  bench.come(browser);
  bench.relay.drain();
  bench.answer_loads();
  CHECK(bench.sent.empty());
  CHECK(bench.relay.is_idle());
  CHECK(bench.kept() == std::vector<std::string>{"one"});
}

TEST_CASE("a relay that is to end waits for the DNS on behalf of who waits for it") {
  Bench bench(false);
  bench.dns_is_slow = true;
  bench.say(browser, bench.write({.uri = "sip:dave@example.net"}));
  bench.relay.drain();
  CHECK_FALSE(bench.relay.is_idle());
  bench.relay.answer(bench.now, bench.lookups.front().job, relay::DnsAnswer{});
  bench.lookups.clear();
  bench.dns_is_slow = false;
  bench.drain();
  CHECK(bench.take_status() >= 400);
  CHECK(bench.relay.is_idle());
}

TEST_CASE("while a relay drains it is known which flows somebody waits by, or is waited for") {
  MailboxBench bench;
  bench.come(browser);
  CHECK(bench.relay.busy_flows().empty());
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
  CHECK(bench.relay.busy_flows() == std::unordered_set{sender.flow, browser.flow});
  bench.respond(bench.take(), 200);
  CHECK(bench.relay.busy_flows().empty());

  bench.leave(browser);
  bench.sent.clear();
  bench.disk_is_slow = true;
  bench.say(sender, bench.write({.from = "sip:carol@example.net", .body = "hello"}));
  CHECK(bench.relay.busy_flows() == std::unordered_set{sender.flow});
}

TEST_CASE("who waits for the DNS is busy") {
  Bench bench(false);
  bench.dns_is_slow = true;
  bench.say(browser, bench.write({.uri = "sip:dave@example.net"}));
  CHECK(bench.relay.busy_flows() == std::unordered_set{browser.flow});
}

}  // namespace drain_test
