#include <catch2/catch.hpp>

#include "world.h"

using namespace sip;
using sim::Weather;
using sim::World;

namespace {

constexpr std::uint64_t seeds = 200;
constexpr int messages_each = 8;

/// Both write to each other within half a minute; in the end each has read what the other wrote, once and in
/// order.
void check_exactly_once(std::uint64_t seed, const Weather& weather) {
  INFO("seed " << seed);
  World world(seed, weather);
  for (int i = 0; i < messages_each; ++i) {
    world.write_later(0, "alice " + std::to_string(i), Milliseconds(30'000));
    world.write_later(1, "bob " + std::to_string(i), Milliseconds(30'000));
  }
  REQUIRE(world.run(Milliseconds(3'600'000)));
  for (std::size_t i : {0U, 1U}) {
    CHECK(world.person(1 - i).shown == world.person(i).sent);
    for (const auto& [id, delivery] : world.person(i).deliveries) {
      CAPTURE(id, delivery.status, delivery.phrase);
      CHECK(delivery.state == DeliveryState::delivered);
    }
  }
}

}  // namespace

TEST_CASE(
    "over a network that loses, doubles and reorders datagrams each message is shown once and in order") {
  Weather weather;
  weather.loss = 150;
  weather.duplication = 100;
  weather.longest_delay = Milliseconds(700);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) check_exactly_once(seed, weather);
}

TEST_CASE("over WebSockets that are cut and a relay that restarts each message is shown once and in order") {
  Weather weather;
  weather.protocol = Protocol::ws;
  weather.cuts = 4;
  weather.restarts = 2;
  weather.longest_delay = Milliseconds(200);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) check_exactly_once(seed, weather);
}

TEST_CASE("in calm weather nothing has to be sent twice") {
  World world(1, Weather{});
  world.write_later(0, "hello", Milliseconds(1000));
  REQUIRE(world.run(Milliseconds(10'000)));
  CHECK(world.person(1).shown == std::vector<std::string>{"hello"});
}

TEST_CASE("the same seed gives the same run") {
  Weather weather;
  weather.loss = 300;
  const auto shown = [&] {
    World world(42, weather);
    for (int i = 0; i < 5; ++i) world.write_later(0, std::to_string(i), Milliseconds(1000));
    world.run(Milliseconds(600'000));
    return world.person(1).shown;
  };
  CHECK(shown() == shown());
}
