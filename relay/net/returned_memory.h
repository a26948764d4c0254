#pragma once

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <cstddef>

namespace relay {

/// What many connections took goes back to the system when most of them have ended: by itself malloc keeps
/// what lies between the blocks of those that stay.
class ReturnedMemory {
 public:
  /// A connection has ended, and so many are left.
  void now_open(std::size_t connections) {
    most_ = std::max(most_, connections + 1);
    if (most_ < worthwhile || connections >= most_ / 2) return;
    most_ = connections;
#ifdef __GLIBC__
    malloc_trim(0);
#endif
  }

 private:
  static constexpr std::size_t worthwhile = 128;
  std::size_t most_ = 0;  ///< since it was last given back
};

}  // namespace relay
