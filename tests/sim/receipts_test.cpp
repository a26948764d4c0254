#include <catch2/catch.hpp>

#include "seeds.h"
#include "world.h"

namespace receipts_test {

using namespace sip;
using sim::Weather;
using sim::World;

namespace {

constexpr std::size_t messages_each = 5;

/// Both write a first word, then type, so that each knows what the other one takes; then they write on, while
/// bob does not look.
void check_receipts(std::uint64_t seed, const Weather& weather, Protocol protocol) {
  INFO("replay with SIPMSG_SIM_SEED=" << seed);
  World world(seed, weather, {{protocol}, {protocol}});
  for (std::size_t i : {0U, 1U}) world.write_later(i, 1 - i, "first", Milliseconds(5'000));
  REQUIRE(world.run(Milliseconds(3'600'000)));
  // A question that gets lost is asked again when typing goes on a minute later.
  for (std::size_t i : {0U, 1U})
    for (int k = 0; k < 3; ++k) {
      world.type_later(i, 1 - i, Milliseconds(5'000));
      world.pass(Milliseconds(120'000));
    }
  world.device(1).is_reading = false;
  for (std::size_t k = 0; k < messages_each; ++k)
    for (std::size_t i : {0U, 1U})
      world.write_later(i, 1 - i, sim::name_of(i) + " " + std::to_string(k), Milliseconds(30'000));
  REQUIRE(world.run(Milliseconds(3'600'000)));
  world.pass(Milliseconds(600'000));
  CHECK(world.ledger().violations() == std::vector<std::string>());
  for (std::size_t i : {0U, 1U}) CHECK(world.ledger().shown_on(i) == world.ledger().written_to(i));
  // alice showed what bob wrote, bob showed nothing after the first word.
  CHECK(world.ledger().count(DeliveryState::displayed, 1) >= messages_each);
  CHECK(world.ledger().count(DeliveryState::displayed, 0) <= 1);
  // Typing comes and goes: never twice the same in a row, and gone in the end.
  for (std::size_t i : {0U, 1U}) {
    const auto& told = world.device(i).peer_states;
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
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) check_receipts(seed, weather, Protocol::udp);
}

TEST_CASE("over WebSockets that are cut a message ends displayed when it was shown, and only then") {
  Weather weather;
  weather.cuts = 4;
  weather.restarts = 1;
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) check_receipts(seed, weather, Protocol::ws);
}

TEST_CASE("in calm weather typing is told when it begins and when it ends") {
  World world(1, Weather{}, {{Protocol::udp}, {Protocol::udp}});
  for (std::size_t i : {0U, 1U}) world.write_later(i, 1 - i, "first", Milliseconds(1'000));
  REQUIRE(world.run(Milliseconds(60'000)));
  world.type_later(0, 1, Milliseconds(1'000));
  world.pass(Milliseconds(60'000));
  CHECK(world.device(1).peer_states ==
        std::vector<IsComposing::State>{IsComposing::State::active, IsComposing::State::idle});
}

}  // namespace receipts_test
