#include <catch2/catch.hpp>

#include "seeds.h"
#include "world.h"

namespace mailbox_test {

using namespace sip;
using sim::Weather;
using sim::World;

namespace {

Weather absences(Random& chance) {
  Weather weather;
  weather.has_mailbox = true;
  weather.absences = 1 + static_cast<unsigned>(chance.below(5));
  weather.restarts = static_cast<unsigned>(chance.below(4));
  weather.cuts = static_cast<unsigned>(chance.below(6));
  weather.crashes = static_cast<unsigned>(chance.below(3));
  weather.store_failures = static_cast<unsigned>(chance.below(2) * chance.below(200));
  weather.longest_delay = Milliseconds(1 + chance.below(400));
  weather.loss = static_cast<unsigned>(chance.below(200));
  weather.duplication = static_cast<unsigned>(chance.below(100));
  return weather;
}

/// People come and go, the relay dies and is started again on what its disk has kept. In the end everybody
/// has seen, once and in order, whatever a writer was told to be stored or delivered.
void check_mailbox(std::uint64_t seed) {
  INFO("replay with SIPMSG_SIM_SEED=" << seed);
  Random chance(seed_from(seed));
  static constexpr Protocol protocols[] = {Protocol::ws, Protocol::ws, Protocol::tcp, Protocol::udp};
  World world(chance.next(), absences(chance), {{protocols[chance.below(4)]}, {protocols[chance.below(4)]}});
  for (int i = 0; i < 12; ++i) {
    const std::size_t writer = chance.below(2);
    world.write_later(writer, 1 - writer, std::to_string(i), Milliseconds(90'000));
  }
  REQUIRE(world.run(Milliseconds(7'200'000)));
  REQUIRE(world.empty_mailboxes(Milliseconds(7'200'000)));
  CHECK(world.ledger().violations() == std::vector<std::string>());
  CHECK(world.ledger().accepted_and_unseen() == std::vector<std::string>());
}

}  // namespace

TEST_CASE(
    "whoever comes and goes, and whenever the relay dies, what was answered 2xx is shown once and in order") {
  const auto [first, last] = sim::seeds();
  for (std::uint64_t seed = first; seed <= last; ++seed) check_mailbox(seed);
}

TEST_CASE("in calm weather what is written to somebody who is away is stored, and shown when they come") {
  Weather weather;
  weather.has_mailbox = true;
  World world(1, weather, {{Protocol::ws}, {Protocol::ws}});
  world.pass(Milliseconds(5'000));
  world.crash(1, Milliseconds(600'000));
  for (int i = 0; i < 5; ++i) world.write_later(0, 1, std::to_string(i), Milliseconds(400));
  REQUIRE(world.run(Milliseconds(60'000)));
  CHECK(world.ledger().count(DeliveryState::stored) == 5);
  CHECK(world.ledger().shown_on(1).empty());
  world.pass(Milliseconds(700'000));
  CHECK(world.ledger().shown_on(1) == world.ledger().written_to(1));
  CHECK(world.ledger().violations() == std::vector<std::string>());
}

}  // namespace mailbox_test
