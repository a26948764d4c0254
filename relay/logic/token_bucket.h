#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace relay {

/// How often something may happen: `most` times at once, and as often again in each `period`, evenly.
struct Allowance {
  std::uint32_t most;  ///< at least 1
  sip::Milliseconds period;
  bool operator==(const Allowance& other) const { return most == other.most && period == other.period; }
};

/// A bucket that holds `most` tokens and gets one more each `period / most`. It is written down as the moment
/// at which it will be full: an empty one is full after exactly one period.
class TokenBucket {
 public:
  using Nanoseconds = std::chrono::duration<std::int64_t, std::nano>;
  using FineInstant = std::chrono::time_point<sip::MonotonicLine, Nanoseconds>;

  /// Until there is a token, rounded up; zero where there is one.
  sip::Milliseconds wait(sip::Instant now, const Allowance& allowance) const {
    const Nanoseconds wait = after(now, allowance, 1) - FineInstant(now) - allowance.period;
    return std::max(sip::Milliseconds(0), std::chrono::ceil<sip::Milliseconds>(wait));
  }
  /// Takes them even where there are less: so much longer it is until there is one again.
  void take(sip::Instant now, const Allowance& allowance, std::uint32_t tokens = 1) {
    full_at_ = after(now, allowance, tokens);
  }
  /// From then on it is as if nothing had been taken.
  sip::Instant full_at() const { return std::chrono::ceil<sip::Milliseconds>(full_at_); }

 private:
  FineInstant after(sip::Instant now, const Allowance& allowance, std::uint32_t tokens) const {
    const Nanoseconds cost = Nanoseconds(allowance.period) * std::int64_t{tokens} / allowance.most;
    return std::max(full_at_, FineInstant(now)) + cost;
  }

  FineInstant full_at_ = FineInstant::min();
};

}  // namespace relay
