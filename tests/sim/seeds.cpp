#include "seeds.h"

#include <cstdlib>
#include <string>

namespace sim {

std::pair<std::uint64_t, std::uint64_t> seeds() {
  if (const char* one = std::getenv("SIPMSG_SIM_SEED")) return {std::stoull(one), std::stoull(one)};
  if (const char* many = std::getenv("SIPMSG_SIM_SEEDS")) return {1, std::stoull(many)};
  return {1, 250};
}

}  // namespace sim
