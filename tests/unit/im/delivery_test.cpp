#include "im/delivery.h"

#include <catch2/catch.hpp>

namespace delivery_test {

using namespace sip;

namespace {

constexpr DeliveryState states[] = {DeliveryState::queued,    DeliveryState::sending,
                                    DeliveryState::stored,    DeliveryState::delivered,
                                    DeliveryState::displayed, DeliveryState::failed};

}  // namespace

TEST_CASE("every transition of a delivery is allowed or refused as its table says") {
  // Rows: from; columns: to; both in the order of `states`.
  constexpr bool table[6][6] = {
      {false, true, true, true, true, true},       // queued
      {true, false, true, true, true, true},       // sending
      {false, false, false, true, true, true},     // stored
      {false, false, false, false, true, false},   // delivered
      {false, false, false, false, false, false},  // displayed
      {true, false, false, true, true, false},     // failed
  };
  for (std::size_t from = 0; from < 6; ++from)
    for (std::size_t to = 0; to < 6; ++to) {
      CAPTURE(from, to);
      CHECK(may_follow(states[from], states[to]) == table[from][to]);
    }
}

}  // namespace delivery_test
