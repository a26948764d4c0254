#include "net/liveness.h"

#include <catch2/catch.hpp>

namespace relay {
namespace liveness_test {

using Sign = Liveness::Sign;

TEST_CASE("who says nothing is asked the second time that it is looked, and gone the third time") {
  Liveness liveness;
  CHECK(liveness.look() == Sign::none);
  CHECK(liveness.look() == Sign::silent);
  CHECK(liveness.look() == Sign::gone);
}

TEST_CASE("who says anything is there") {
  Liveness liveness;
  for (int i = 0; i < 3; ++i) {
    CHECK(liveness.look() == Sign::none);
    CHECK(liveness.look() == Sign::silent);
    liveness.heard();
  }
}

TEST_CASE("who takes nothing from one time to the next has stalled, whatever they say") {
  Liveness liveness;
  liveness.watch();
  liveness.writes();
  liveness.heard();
  CHECK(liveness.look() == Sign::none);
  liveness.watch();
  liveness.heard();
  CHECK(liveness.look() == Sign::stalled);
}

TEST_CASE(
    "who does not even take the question from one time to the next has stalled, and is not asked anew") {
  Liveness liveness;
  CHECK(liveness.look() == Sign::none);
  CHECK(liveness.look() == Sign::silent);
  liveness.asks();
  liveness.watch();
  liveness.heard();
  CHECK(liveness.look() == Sign::stalled);
}

TEST_CASE("who has taken the question is asked again when nothing comes") {
  Liveness liveness;
  for (int i = 0; i < 2; ++i) {
    CHECK(liveness.look() == Sign::none);
    liveness.watch();
    CHECK(liveness.look() == Sign::silent);
    liveness.asks();
    liveness.watch();
    liveness.has_asked();
    liveness.heard();
  }
}

TEST_CASE("what is written just when it is looked is no sign of anything") {
  Liveness liveness;
  for (int i = 0; i < 3; ++i) {
    liveness.watch();
    liveness.heard();
    liveness.writes();
    CHECK(liveness.look() == Sign::none);
    liveness.has_written();
  }
}

TEST_CASE("who takes one thing of many is not stalled") {
  Liveness liveness;
  liveness.writes();
  liveness.watch();
  liveness.has_written();
  liveness.writes();
  CHECK(liveness.look() == Sign::none);
}

}  // namespace liveness_test
}  // namespace relay
