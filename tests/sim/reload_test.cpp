#include <catch2/catch.hpp>

#include "correspondence.h"
#include "seeds.h"
#include "world.h"

namespace reload_test {

using namespace sip;
using sim::Weather;
using sim::World;

namespace {

constexpr int messages_each = 8;

/// alice and bob write to each other for half a minute, while their pages crash and come back.
void check_crashes(std::uint64_t seed, const Weather& weather, Protocol protocol) {
  INFO("replay with SIPMSG_SIM_SEED=" << seed);
  World world(seed, weather, {{protocol}, {protocol}});
  sim::check_correspondence(world, messages_each);
  CHECK(world.ledger().count(DeliveryState::failed) == 0);
}

/// alice's page crashes between what she wrote and bob's reading it.
void check_receipts(std::uint64_t seed, const Weather& weather, Protocol protocol) {
  INFO("replay with SIPMSG_SIM_SEED=" << seed);
  World world(seed, weather, {{protocol}, {protocol}});
  for (std::size_t i : {0U, 1U}) world.write_later(i, 1 - i, "first", Milliseconds(5'000));
  REQUIRE(world.run(Milliseconds(3'600'000)));
  for (int k = 0; k < 3; ++k) {
    world.type_later(0, 1, Milliseconds(5'000));
    world.pass(Milliseconds(120'000));
  }
  world.device(1).is_reading = false;
  for (std::size_t k = 0; k < messages_each; ++k)
    world.write_later(0, 1, std::to_string(k), Milliseconds(20'000));
  REQUIRE(world.run(Milliseconds(3'600'000)));
  world.crash(0);
  world.pass(Milliseconds(600'000));
  CHECK(world.ledger().count(DeliveryState::displayed, 0) <= 1);
  world.read(1);
  world.pass(Milliseconds(600'000));
  CHECK(world.ledger().violations() == std::vector<std::string>());
  CHECK(world.ledger().shown_on(1) == world.ledger().written_to(1));
  CHECK(world.ledger().count(DeliveryState::displayed, 0) >= messages_each);
}

}  // namespace

TEST_CASE("pages that crash and come back lose no message, show none twice, and keep the order") {
  Weather weather;
  weather.crashes = 5;
  weather.cuts = 2;
  weather.restarts = 1;
  weather.longest_delay = Milliseconds(300);
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed)
    check_crashes(seed, weather, seed % 4 == 0 ? Protocol::tcp : Protocol::ws);
}

TEST_CASE("phones that crash lose no message either, over a network that loses and reorders datagrams") {
  Weather weather;
  weather.crashes = 4;
  weather.loss = 100;
  weather.duplication = 100;
  weather.longest_delay = Milliseconds(500);
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) check_crashes(seed, weather, Protocol::udp);
}

TEST_CASE("a message sent before a crash ends displayed when it is read after it") {
  Weather weather;
  weather.longest_delay = Milliseconds(200);
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed)
    check_receipts(seed, weather, seed % 2 == 0 ? Protocol::udp : Protocol::ws);
}

}  // namespace reload_test
