#include "correspondence.h"

#include <catch2/catch.hpp>

namespace sim {

void check_correspondence(World& world, int messages_each) {
  for (int i = 0; i < messages_each; ++i)
    for (std::size_t person : {0U, 1U})
      world.write_later(person, 1 - person, name_of(person) + " " + std::to_string(i),
                        sip::Milliseconds(30'000));
  REQUIRE(world.run(sip::Milliseconds(3'600'000)));
  CHECK(world.ledger().violations() == std::vector<std::string>());
  for (std::size_t person : {0U, 1U})
    CHECK(world.ledger().shown_on(person) == world.ledger().owed_to(person));
}

}  // namespace sim
