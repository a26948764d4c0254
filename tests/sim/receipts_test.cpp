#include <catch2/catch.hpp>

#include "world.h"

using namespace sip;
using sim::Weather;
using sim::World;

namespace {

constexpr std::uint64_t seeds = 100;
constexpr int messages_each = 5;

/// Each follows from the one before it.
bool only_forward(const std::vector<DeliveryState>& states) {
  for (std::size_t i = 1; i < states.size(); ++i)
    if (!may_follow(states[i - 1], states[i])) return false;
  return true;
}

/// Both write a first word, then type, so that each knows what the other one takes; then they write on, while
/// bob does not look.
void check_receipts(std::uint64_t seed, const Weather& weather) {
  INFO("seed " << seed);
  World world(seed, weather);
  for (std::size_t i : {0U, 1U}) world.write_later(i, "first", Milliseconds(5'000));
  REQUIRE(world.run(Milliseconds(3'600'000)));
  // A question that gets lost is asked again when typing goes on a minute later.
  for (std::size_t i : {0U, 1U})
    for (int k = 0; k < 3; ++k) {
      world.type_later(i, Milliseconds(5'000));
      world.pass(Milliseconds(120'000));
    }
  world.person(1).is_reading = false;
  for (int k = 0; k < messages_each; ++k) {
    world.write_later(0, "alice " + std::to_string(k), Milliseconds(30'000));
    world.write_later(1, "bob " + std::to_string(k), Milliseconds(30'000));
  }
  REQUIRE(world.run(Milliseconds(3'600'000)));
  world.pass(Milliseconds(600'000));
  for (std::size_t i : {0U, 1U}) {
    CHECK(world.person(1 - i).shown == world.person(i).sent);
    for (const auto& [id, states] : world.person(i).states) CHECK(only_forward(states));
  }
  // alice showed what bob wrote, bob showed nothing after the first word.
  int displayed[2] = {0, 0};
  for (std::size_t i : {0U, 1U})
    for (const auto& [id, delivery] : world.person(i).deliveries)
      displayed[i] += delivery.state == DeliveryState::displayed ? 1 : 0;
  CHECK(displayed[1] >= messages_each);
  CHECK(displayed[0] <= 1);
  // Typing comes and goes: never twice the same in a row, and gone in the end.
  for (std::size_t i : {0U, 1U}) {
    const auto& told = world.person(i).peer_states;
    for (std::size_t k = 0; k < told.size(); ++k)
      CHECK(told[k] == (k % 2 == 0 ? IsComposing::State::active : IsComposing::State::idle));
    CHECK(told.size() % 2 == 0);
  }
}

}  // namespace

TEST_CASE(
    "over a network that loses and reorders datagrams a message ends displayed when it was shown, and only "
    "then") {
  Weather weather;
  weather.loss = 100;
  weather.duplication = 100;
  weather.longest_delay = Milliseconds(500);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) check_receipts(seed, weather);
}

TEST_CASE("over WebSockets that are cut a message ends displayed when it was shown, and only then") {
  Weather weather;
  weather.protocol = Protocol::ws;
  weather.cuts = 4;
  weather.restarts = 1;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) check_receipts(seed, weather);
}

TEST_CASE("in calm weather typing is told when it begins and when it ends") {
  World world(1, Weather{});
  for (std::size_t i : {0U, 1U}) world.write_later(i, "first", Milliseconds(1'000));
  REQUIRE(world.run(Milliseconds(60'000)));
  world.type_later(0, Milliseconds(1'000));
  world.pass(Milliseconds(60'000));
  CHECK(world.person(1).peer_states ==
        std::vector<IsComposing::State>{IsComposing::State::active, IsComposing::State::idle});
}
