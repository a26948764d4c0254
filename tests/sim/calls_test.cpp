#include <catch2/catch.hpp>

#include "call_world.h"
#include "seeds.h"

namespace calls_test {

using namespace sip;
using sim::CallPhone;
using sim::CallWeather;
using sim::CallWorld;
using State = CallPhone::State;
using Temper = CallPhone::Temper;

namespace {

const CallWeather lossy{.loss = 100, .duplication = 50, .longest_delay = Milliseconds(300)};

/// alice, who calls, and bob with devices.
struct House {
  House(std::uint64_t seed, Protocol caller, const std::vector<Protocol>& callee)
      : world(seed, lossy), alice(world.add("alice", caller)) {
    for (const Protocol protocol : callee) bobs.push_back(&world.add("bob", protocol));
    REQUIRE(world.enrol());
  }
  void call() {
    world.act(alice, [](CallPhone& phone, Now now) { phone.call(now, "bob"); });
  }
  /// The caller's calls that were talked in.
  std::vector<const CallPhone::Call*> talks() const {
    std::vector<const CallPhone::Call*> found;
    for (const auto& call : alice.calls())
      if (call.was_talking) found.push_back(&call);
    return found;
  }
  /// Nothing rings, nobody talks, nobody waits, and neither end has anything left to send.
  void check_quiet() {
    world.pass(Seconds(120));
    CHECK(world.transactions() == 0);
    CHECK(world.is_idle());
    for (const auto& call : alice.calls()) CHECK(call.state == State::over);
    for (const CallPhone* bob : bobs) {
      for (const auto& call : bob->calls()) {
        CHECK(call.state == State::over);
        CHECK(call.ok.empty());
      }
      CHECK(bob->transactions() == 0);
    }
    CHECK(alice.transactions() == 0);
  }

  CallWorld world;
  CallPhone& alice;
  std::vector<CallPhone*> bobs;
};

using Bodies = std::vector<std::string>;

/// A call to one device, with a word from each side, that one of them hangs up.
void check_conversation(std::uint64_t seed, Protocol caller, Protocol callee) {
  INFO("replay with SIPMSG_SIM_SEED=" << seed);
  House house(seed, caller, {callee});
  CallPhone& bob = *house.bobs.front();
  house.call();
  house.world.pass(Seconds(40));
  REQUIRE(house.talks().size() == 1);
  REQUIRE(bob.calls().size() == 1);
  const auto& there = bob.calls().front();
  CHECK(there.state == State::talking);
  CHECK(there.ok.empty());  // acknowledged
  house.world.act(house.alice, [](CallPhone& phone, Now now) { phone.write(now, "from alice"); });
  house.world.act(bob, [](CallPhone& phone, Now now) { phone.write(now, "from bob"); });
  house.world.pass(Seconds(40));
  CHECK(there.heard == Bodies{"from alice"});
  CHECK(house.talks().front()->heard == Bodies{"from bob"});
  CHECK(there.answers == std::vector<int>{200});
  CHECK(house.talks().front()->answers == std::vector<int>{200});
  house.world.act(seed % 2 == 0 ? house.alice : bob, [](CallPhone& phone, Now now) { phone.hang_up(now); });
  house.check_quiet();
}

template <class Check>
void for_all_seeds(Check check) {
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) check(seed);
}

}  // namespace

TEST_CASE("over a network that loses and doubles datagrams a call is answered, talked in and hung up") {
  for_all_seeds([](std::uint64_t seed) {
    check_conversation(seed, Protocol::udp, Protocol::udp);
    check_conversation(seed, Protocol::ws, Protocol::udp);
    check_conversation(seed, Protocol::udp, Protocol::ws);
  });
}

TEST_CASE("of several devices that ring one answers, and the others stop ringing") {
  for_all_seeds([](std::uint64_t seed) {
    INFO("replay with SIPMSG_SIM_SEED=" << seed);
    House house(seed, Protocol::udp, {Protocol::udp, Protocol::ws, Protocol::udp});
    for (CallPhone* bob : house.bobs) bob->temper = Temper::lets_ring;
    CallPhone& quick = *house.bobs[house.world.below(house.bobs.size())];
    quick.temper = Temper::answers;
    house.call();
    house.world.pass(Seconds(60));
    REQUIRE(house.talks().size() == 1);
    for (const CallPhone* bob : house.bobs) {
      if (bob == &quick || bob->calls().empty()) continue;
      CHECK(bob->calls().size() == 1);
      CHECK(bob->calls().front().status == 487);
    }
    house.world.act(house.alice, [](CallPhone& phone, Now now) { phone.hang_up(now); });
    house.check_quiet();
  });
}

TEST_CASE(
    "however close answers, refusals and a CANCEL come to each other, nobody rings or talks alone in the "
    "end") {
  for_all_seeds([](std::uint64_t seed) {
    INFO("replay with SIPMSG_SIM_SEED=" << seed);
    const Protocol caller = seed % 2 == 0 ? Protocol::udp : Protocol::ws;
    House house(seed, caller, {Protocol::udp, Protocol::ws, Protocol::udp});
    for (CallPhone* bob : house.bobs) {
      constexpr Temper tempers[] = {Temper::answers, Temper::answers, Temper::declines, Temper::lets_ring};
      bob->temper = tempers[house.world.below(std::size(tempers))];
      bob->patience = Milliseconds(1'000 + static_cast<std::int64_t>(house.world.below(1'000)));
    }
    house.call();
    house.world.pass(Milliseconds(500 + static_cast<std::int64_t>(house.world.below(3'000))));
    house.world.act(house.alice, [](CallPhone& phone, Now now) { phone.cancel(now); });
    house.world.pass(Seconds(70));
    // Who was answered talks with one device at most; with the others it has hung up at once.
    std::size_t talking = 0;
    for (const auto& call : house.alice.calls()) talking += call.state == State::talking ? 1 : 0;
    CHECK(talking <= 1);
    std::size_t answered = 0;
    for (const CallPhone* bob : house.bobs) {
      for (const auto& call : bob->calls()) {
        CHECK(call.state != State::ringing);
        answered += call.state == State::talking ? 1 : 0;
      }
    }
    CHECK(answered == talking);
    house.world.act(house.alice, [](CallPhone& phone, Now now) { phone.hang_up(now); });
    house.check_quiet();
  });
}

TEST_CASE("a caller whose browser is gone leaves no phone ringing") {
  for_all_seeds([](std::uint64_t seed) {
    INFO("replay with SIPMSG_SIM_SEED=" << seed);
    House house(seed, Protocol::ws, {Protocol::udp, Protocol::ws});
    for (CallPhone* bob : house.bobs) bob->temper = Temper::lets_ring;
    house.call();
    house.world.pass(Seconds(10));
    for (const CallPhone* bob : house.bobs) {
      REQUIRE(bob->calls().size() == 1);
      CHECK(bob->calls().front().state == State::ringing);
    }
    house.world.cut(house.alice);
    house.world.pass(Seconds(10));
    for (const CallPhone* bob : house.bobs) CHECK(bob->calls().front().status == 487);
    house.world.pass(Seconds(120));
    CHECK(house.world.transactions() == 0);
    CHECK(house.world.is_idle());
  });
}

}  // namespace calls_test
