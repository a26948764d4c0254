#pragma once

#include <catch2/catch.hpp>
#include <vector>

#include "base/time.h"
#include "transaction/timers.h"
#include "transport/endpoint.h"

namespace sip::test {

inline constexpr Instant start{Milliseconds(10'000)};

/// One transaction machine on virtual time.
template <class Machine>
struct MachineBench {
  using Step = typename Machine::Step;

  explicit MachineBench(Protocol protocol, const Timers& timers = {}) : machine(start, protocol, timers) {}

  /// Goes to the next deadline and takes its step.
  Step sleep() {
    REQUIRE(machine.deadline());
    now = *machine.deadline();
    return machine.on_deadline(now);
  }
  /// The moments at which the message is sent again, until something else happens.
  std::vector<int> retransmissions() {
    std::vector<int> at;
    while ((last = sleep()) == Step::retransmit) at.push_back(static_cast<int>((now - start).count()));
    return at;
  }

  Machine machine;
  Instant now = start;
  Step last = Step::none;
};

}  // namespace sip::test
