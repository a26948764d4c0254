#pragma once

#include <cstdint>
#include <utility>

namespace sim {

/// The seeds to run, first and last: 1 to 250; SIPMSG_SIM_SEEDS=N makes it N, SIPMSG_SIM_SEED=N replays one.
std::pair<std::uint64_t, std::uint64_t> seeds();

}  // namespace sim
