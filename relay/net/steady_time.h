#pragma once

#include <chrono>

#include "base/time.h"

namespace relay {

/// The machine's line that never jumps.
inline sip::Instant steady_now() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return sip::Instant(std::chrono::duration_cast<sip::Milliseconds>(since));
}

}  // namespace relay
