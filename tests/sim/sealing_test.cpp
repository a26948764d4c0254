#include <catch2/catch.hpp>

#include "correspondence.h"
#include "seeds.h"
#include "world.h"

namespace sealing_test {

using namespace sip;
using sim::Weather;
using sim::World;

namespace {

constexpr int messages_each = 6;

Weather sealing_weather(std::uint64_t seed) {
  Weather weather;
  weather.sealing = 1000;
  weather.sealer.longest_delay = Milliseconds(1 + 40 * (seed % 100));
  return weather;
}

/// Two people whose devices seal everything, slowly. In the end each has read what the other wrote, once, in
/// order, and never in the clear.
void check_sealed(std::uint64_t seed, const Weather& weather, Protocol protocol) {
  INFO("replay with SIPMSG_SIM_SEED=" << seed);
  World world(seed, weather, {{protocol}, {protocol}});
  sim::check_correspondence(world, messages_each);
  for (std::size_t person : {0U, 1U}) CHECK(world.device(person).shown_in_the_clear == 0);
  CHECK(world.ledger().count(DeliveryState::failed) == world.ledger().given_up());
}

}  // namespace

TEST_CASE("sealed messages come once and in order over a network that loses, doubles and reorders") {
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    Weather weather = sealing_weather(seed);
    weather.loss = 150;
    weather.duplication = 100;
    weather.longest_delay = Milliseconds(700);
    check_sealed(seed, weather, Protocol::udp);
  }
}

TEST_CASE("sealed messages come once and in order over connections that are cut while they are opened") {
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    Weather weather = sealing_weather(seed);
    weather.cuts = 6;
    weather.restarts = 2;
    weather.longest_delay = Milliseconds(200);
    check_sealed(seed, weather, seed % 4 == 0 ? Protocol::tcp : Protocol::ws);
  }
}

TEST_CASE("a sealer that now and then never answers holds nobody up for ever") {
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    INFO("replay with SIPMSG_SIM_SEED=" << seed);
    Weather weather = sealing_weather(seed);
    weather.sealer.silences = 300;
    World world(seed, weather, {{Protocol::ws, Protocol::ws}, {Protocol::ws}});
    for (int i = 0; i < messages_each; ++i) world.write_later(2, 0, std::to_string(i), Milliseconds(30'000));
    REQUIRE(world.run(Milliseconds(3'600'000)));
    CHECK(world.ledger().violations() == std::vector<std::string>());
    CHECK(world.ledger().count(DeliveryState::failed) == world.device(2).never_sealed);
  }
}

}  // namespace sealing_test
