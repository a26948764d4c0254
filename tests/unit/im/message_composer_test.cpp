#include "im/message_composer.h"

#include <catch2/catch.hpp>

#include "im/composing_peers.h"

namespace message_composer_test {

using namespace sip;

namespace {

using State = IsComposing::State;

const std::string bob = "sip:bob@example.org";

struct Bench {
  MessageComposer composer;
  Now now{Instant(Milliseconds(1000)), UnixTime(Milliseconds(0))};

  void type() { composer.set(now, bob, State::active); }
  void pass(Seconds time) { now.mono += time; }
  /// What is said now: "active", "idle" or nothing.
  std::string say() {
    std::string said;
    for (const auto& status : composer.due(now)) {
      said += status.state == State::active ? "active" : "idle";
      composer.said(now, status);
    }
    return said;
  }
  Milliseconds wait() {
    REQUIRE(composer.deadline());
    return *composer.deadline() - now.mono;
  }
};

}  // namespace

TEST_CASE("who types is active once, is said so again after the refresh, and idle after 15 seconds") {
  Bench bench;
  bench.type();
  CHECK(bench.say() == "active");
  for (int i = 0; i < 11; ++i) {
    bench.pass(Seconds(5));
    bench.type();
    CHECK(bench.say().empty());
  }
  bench.pass(Seconds(5));
  CHECK(bench.say() == "active");
  CHECK(bench.wait() == Seconds(10));
  bench.pass(Seconds(10));
  CHECK(bench.say() == "idle");
  CHECK(bench.say().empty());
  CHECK_FALSE(bench.composer.deadline());
}

TEST_CASE("active is not said twice within the refresh interval, whatever happens in between") {
  Bench bench;
  bench.type();
  CHECK(bench.say() == "active");
  bench.composer.set(bench.now, bob, State::idle);
  CHECK(bench.say() == "idle");
  bench.pass(Seconds(50));
  bench.type();
  CHECK(bench.say().empty());
  CHECK(bench.wait() == Seconds(10));
  bench.pass(Seconds(10));
  CHECK(bench.say() == "active");
}

TEST_CASE("a message that is sent ends the composing without a word") {
  Bench bench;
  bench.type();
  CHECK(bench.say() == "active");
  bench.composer.sent(bob);
  CHECK(bench.say().empty());
  bench.pass(Seconds(20));
  CHECK(bench.say().empty());
}

TEST_CASE("what could not be said stays due while it is true, without a deadline in the past") {
  Bench bench;
  bench.type();
  CHECK(bench.composer.due(bench.now).size() == 1);
  CHECK(bench.wait() == Seconds(15));
  bench.pass(Seconds(1));
  CHECK(bench.say() == "active");
  Bench silent;
  silent.type();
  CHECK(silent.composer.due(silent.now).size() == 1);
  silent.pass(Seconds(15));
  CHECK(silent.say().empty());
  CHECK_FALSE(silent.composer.deadline());
}

TEST_CASE("whoever is over max_recipients is not told") {
  Bench bench;
  for (std::size_t i = 0; i <= MessageComposer::max_recipients; ++i)
    bench.composer.set(bench.now, "sip:" + std::to_string(i) + "@example.org", State::active);
  CHECK(bench.composer.due(bench.now).size() == MessageComposer::max_recipients);
}

TEST_CASE("a peer composes until it says idle, sends its message, or its refresh is over") {
  ComposingPeers peers;
  Now now{Instant(Milliseconds(1000)), UnixTime(Milliseconds(0))};
  IsComposing active;
  active.state = State::active;
  CHECK(peers.status(now, bob, active));
  CHECK(*peers.deadline() - now.mono == Seconds(120));
  active.refresh = Seconds(60);
  // RFC 3994 3.3: any number of active messages in a row.
  CHECK_FALSE(peers.status(now, bob, active));
  CHECK(*peers.deadline() - now.mono == Seconds(60));
  CHECK(peers.status(now, bob, IsComposing{}));
  CHECK_FALSE(peers.status(now, bob, IsComposing{}));
  CHECK(peers.status(now, bob, active));
  CHECK(peers.message(bob));
  CHECK_FALSE(peers.message(bob));
  CHECK(peers.status(now, bob, active));
  now.mono += Seconds(60) - Milliseconds(1);
  CHECK(peers.expired(now).empty());
  now.mono += Milliseconds(1);
  CHECK(peers.expired(now) == std::vector<std::string>{bob});
  CHECK_FALSE(peers.deadline());
}

TEST_CASE("no more than max_peers compose at a time") {
  ComposingPeers peers;
  const Now now{Instant(Milliseconds(1000)), UnixTime(Milliseconds(0))};
  IsComposing active;
  active.state = State::active;
  for (std::size_t i = 0; i < ComposingPeers::max_peers; ++i)
    CHECK(peers.status(now, std::to_string(i), active));
  CHECK_FALSE(peers.status(now, bob, active));
  CHECK(peers.message("0"));
  CHECK(peers.status(now, bob, active));
}

}  // namespace message_composer_test
