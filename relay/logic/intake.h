#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "logic/token_bucket.h"

namespace relay {

/// How much is read from one connection, and for how long it is waited for.
struct IntakeLimits {
  /// For the whole of what has begun: a TLS handshake, an HTTP request, a SIP message over TCP; the first of
  /// which begins with its connection. Whoever takes longer only holds the connection.
  sip::Seconds arrival{30};
  Allowance messages{2000, sip::Seconds(1)};
  Allowance bytes{std::uint32_t{4} << 20, sip::Seconds(1)};
};

/// How fast one connection is read. What is not read yet waits at its sender (TCP's flow control): nothing is
/// lost.
class Intake {
 public:
  /// A read counts as so many bytes at least, whoever sends them one by one.
  static constexpr std::size_t least_read = 64;

  explicit Intake(const IntakeLimits& limits) : limits_(limits) {}

  sip::Seconds arrival() const { return limits_.arrival; }

  /// So much was read at once. Gives how long to read no more; zero: not at all.
  sip::Milliseconds took(sip::Instant now, std::size_t bytes, std::size_t messages) {
    bytes_.take(now, limits_.bytes, static_cast<std::uint32_t>(std::max(bytes, least_read)));
    messages_.take(now, limits_.messages, static_cast<std::uint32_t>(messages));
    return std::max(bytes_.wait(now, limits_.bytes), messages_.wait(now, limits_.messages));
  }

 private:
  IntakeLimits limits_;
  TokenBucket bytes_;
  TokenBucket messages_;
};

}  // namespace relay
