#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace sip {

using Milliseconds = std::chrono::duration<std::int64_t, std::milli>;
using Seconds = std::chrono::duration<std::int64_t>;

/// Tags for two time lines. Neither can be read here: the driver passes the time with each input.
struct MonotonicLine {
  using duration = Milliseconds;
  using rep = duration::rep;
  using period = duration::period;
};
struct UnixLine {
  using duration = Milliseconds;
  using rep = duration::rep;
  using period = duration::period;
};

/// Milliseconds on a line that never jumps; its zero means nothing.
using Instant = std::chrono::time_point<MonotonicLine, Milliseconds>;
/// Milliseconds since 1970-01-01 UTC; may jump when the machine's clock is set.
using UnixTime = std::chrono::time_point<UnixLine, Milliseconds>;

/// The time of one input.
struct Now {
  Instant mono;
  UnixTime wall;
};

/// When to call advance() next; none while there is nothing to wait for.
using Deadline = std::optional<Instant>;

/// The earlier of two deadlines.
inline Deadline earlier(Deadline a, Deadline b) {
  if (!a) return b;
  if (!b) return a;
  return *a < *b ? a : b;
}

}  // namespace sip
