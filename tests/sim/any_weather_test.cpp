#include <catch2/catch.hpp>

#include "seeds.h"
#include "world.h"

namespace any_weather_test {

using namespace sip;
using sim::Weather;
using sim::World;

namespace {

Weather any_weather(Random& chance) {
  Weather weather;
  weather.loss = static_cast<unsigned>(chance.below(300));
  weather.duplication = static_cast<unsigned>(chance.below(200));
  weather.longest_delay = Milliseconds(1 + chance.below(1500));
  weather.cuts = static_cast<unsigned>(chance.below(8));
  weather.restarts = static_cast<unsigned>(chance.below(4));
  weather.has_mailbox = chance.below(2) == 0;
  weather.store_failures = static_cast<unsigned>(chance.below(200));
  weather.clock_jumps = static_cast<unsigned>(chance.below(3));
  weather.crashes = static_cast<unsigned>(chance.below(4));
  // In every second world nobody seals; in the others some do, in some everybody.
  weather.sealing = static_cast<unsigned>(chance.below(2) * chance.below(1500));
  weather.sealer = {.longest_delay = Milliseconds(chance.below(10'000)),
                    .refusals = static_cast<unsigned>(chance.below(100)),
                    .silences = static_cast<unsigned>(chance.below(100))};
  return weather;
}

/// Two to four people with one to three devices each: browsers, UDP phones, TCP phones.
std::vector<std::vector<Protocol>> any_people(Random& chance) {
  static constexpr Protocol protocols[] = {Protocol::ws, Protocol::udp, Protocol::tcp};
  std::vector<std::vector<Protocol>> people(2 + chance.below(3));
  for (auto& devices : people)
    for (std::uint64_t i = 0; i <= chance.below(3); ++i) devices.push_back(protocols[chance.below(3)]);
  return people;
}

void check_any_world(std::uint64_t seed) {
  INFO("replay with SIPMSG_SIM_SEED=" << seed);
  Random chance(seed_from(seed));
  World world(chance.next(), any_weather(chance), any_people(chance));
  for (int i = 0; i < 12; ++i)
    world.write_later(chance.below(world.devices()), chance.below(world.people()), std::to_string(i),
                      Milliseconds(45'000));
  for (std::uint64_t i = 0; i < chance.below(3); ++i)
    world.cancel_later(chance.below(world.devices()), Milliseconds(60'000));
  REQUIRE(world.run(Milliseconds(7'200'000)));
  CHECK(world.ledger().violations() == std::vector<std::string>());
}

}  // namespace

TEST_CASE(
    "whatever the weather, nobody sees a message twice, in the wrong order, or one that is not theirs") {
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) check_any_world(seed);
}

}  // namespace any_weather_test
