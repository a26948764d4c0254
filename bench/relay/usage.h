#pragma once
#include <cstdint>

namespace load {

/// What a process has used, with its children and all threads.
struct Usage {
  double cpu = 0;                  // seconds
  std::uint64_t resident = 0;      // bytes
  std::uint64_t proportional = 0;  // bytes; what processes share is divided among them
  std::uint32_t processes = 0;
  std::uint32_t descriptors = 0;
};
enum class Detail : std::uint8_t { cpu, all };  // reading memory takes long where there is much
Usage usage_of(int process, Detail detail);

/// Seconds of CPU time that this process has used.
double own_cpu();

/// Seconds of CPU time that the machine has been at work in all, and that its host gave to others.
struct Machine {
  double busy = 0;
  double stolen = 0;
};
Machine machine();

}  // namespace load
