// Stored messages whose time is over, while the store is slow to say so.
#include "mailbox_bench.h"

namespace mailbox_expiry_test {

using namespace relay::test;

namespace {

using Outcome = relay::Mailbox::Outcome;
using Outcomes = std::vector<Outcome>;

const Peer browser = peer(Protocol::ws, 1);

/// Asks for what has expired, and hears of it when a test says so.
struct ExpiryBench : MailboxBench {
  ExpiryBench() {
    relay.flow_opened(now, sender);
    drain();
    sweep_is_slow = true;
  }
  /// What the store finds now that it is asked for bob's first message.
  relay::Loaded bobs_first() const { return shelf.load("bob@example.org", relay::MessageNumber::none); }
  void answer_load(const relay::Loaded& found) {
    const auto questions = std::exchange(loading, {});
    REQUIRE(questions.size() == 1);
    relay.answer(now, questions[0].job, found);
    drain();
  }
};

}  // namespace

TEST_CASE(
    "what a device takes while the store finds that its time is over has been delivered, and not expired") {
  ExpiryBench bench;
  bench.write_to_bob("hello", "Expires: 10\r\n");
  bench.come(browser);
  const auto message = bench.take();
  bench.pass(Seconds(15));
  REQUIRE(bench.swept.size() == 1);
  REQUIRE(bench.swept[0].second.message);
  bench.sent.clear();
  bench.respond(message, 200);
  bench.answer_sweep();
  CHECK(bench.outcomes() == Outcomes{Outcome::delivered});
}

TEST_CASE("a message that the store finds for its recipient and as expired expires once") {
  ExpiryBench bench;
  bench.write_to_bob("hello", "Expires: 10\r\n");
  bench.pass(Seconds(15));
  REQUIRE(bench.swept.size() == 1);
  bench.disk_is_slow = true;
  bench.come(browser);
  const auto found = bench.bobs_first();
  REQUIRE(found.message);
  SECTION("first as expired") {
    bench.answer_sweep();
    bench.answer_load(found);
  }
  SECTION("first for its recipient") {
    bench.answer_load(found);
    bench.answer_sweep();
  }
  CHECK(bench.outcomes() == Outcomes{Outcome::expired});
  CHECK(bench.shelf.messages.empty());
}

}  // namespace mailbox_expiry_test
