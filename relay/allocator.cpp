#include "allocator.h"

#include <unistd.h>

#include <cstdlib>

namespace relay {

// With ten thousand users nothing of one is in the processor's caches when a message comes, and finding where
// it is in memory (4 KiB pages, twice over in a virtual machine) took a quarter of a message's time. 64
// blocks of each size up to 2 KiB are 8 MiB at most.
void tune_allocator(char** arguments) {
  constexpr const char* name = "GLIBC_TUNABLES";
  constexpr const char* settings =
      "glibc.malloc.hugetlb=1:glibc.malloc.tcache_max=2048:glibc.malloc.tcache_count=64";
  if (std::getenv(name) != nullptr || setenv(name, settings, 0) != 0) return;
  execv("/proc/self/exe", arguments);
}

}  // namespace relay
