#include <catch2/catch.hpp>

#include "correspondence.h"
#include "seeds.h"
#include "world.h"

namespace exactly_once_test {

using namespace sip;
using sim::Weather;
using sim::World;

namespace {

constexpr int messages_each = 8;

/// alice and bob, one device each, write to each other within half a minute; in the end each has read what
/// the other wrote, once and in order.
void check_exactly_once(std::uint64_t seed, const Weather& weather, Protocol protocol) {
  INFO("replay with SIPMSG_SIM_SEED=" << seed);
  World world(seed, weather, {{protocol}, {protocol}});
  sim::check_correspondence(world, messages_each);
  CHECK(world.ledger().count(DeliveryState::delivered) == 2 * messages_each);
}

}  // namespace

TEST_CASE(
    "over a network that loses, doubles and reorders datagrams each message is shown once and in order") {
  Weather weather;
  weather.loss = 150;
  weather.duplication = 100;
  weather.longest_delay = Milliseconds(700);
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) check_exactly_once(seed, weather, Protocol::udp);
}

TEST_CASE("over connections that are cut and a relay that restarts each message is shown once and in order") {
  Weather weather;
  weather.cuts = 4;
  weather.restarts = 2;
  weather.longest_delay = Milliseconds(200);
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed)
    check_exactly_once(seed, weather, seed % 4 == 0 ? Protocol::tcp : Protocol::ws);
}

TEST_CASE("in calm weather nothing has to be sent twice") {
  World world(1, Weather{}, {{Protocol::ws}, {Protocol::udp}});
  world.write_later(0, 1, "hello", Milliseconds(1000));
  REQUIRE(world.run(Milliseconds(10'000)));
  CHECK(world.ledger().shown_on(1) == std::vector<std::string>{"hello"});
}

TEST_CASE("the same seed gives the same run") {
  Weather weather;
  weather.loss = 300;
  const auto shown = [&] {
    World world(42, weather, {{Protocol::udp}, {Protocol::udp}});
    for (int i = 0; i < 5; ++i) world.write_later(0, 1, std::to_string(i), Milliseconds(1000));
    world.run(Milliseconds(600'000));
    return world.ledger().shown_on(1);
  };
  CHECK(shown() == shown());
}

}  // namespace exactly_once_test
