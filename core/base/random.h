#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/sha256.h"

namespace sip {

/// 256 bits that the driver drew from the platform's source of entropy; tests write their seed here.
using Seed = std::array<std::uint8_t, 32>;

/// Deterministic generator: SHA-256 over seed and counter. What it gives is as unpredictable as its seed.
class Random {
 public:
  explicit Random(const Seed& seed) : seed_(seed) {}

  std::uint64_t next();
  /// Uniform in [0, bound); bound must not be 0.
  std::uint64_t below(std::uint64_t bound);
  /// `length` characters of [a-z0-9]: usable as tag, branch, Call-ID, cnonce (5 bits of chance each).
  std::string token(std::size_t length);
  /// A random UUID URN (RFC 4122 4.4), e.g. for +sip.instance.
  std::string uuid_urn();
  /// A generator of its own, drawn from this one. A copy would repeat what the original gives; hand this out
  /// instead.
  Random split();

 private:
  std::uint8_t next_byte();

  Seed seed_;
  std::uint64_t counter_ = 0;
  Sha256Digest block_{};
  std::size_t used_ = 32;
};

/// A Seed for tests: the same number, the same run.
Seed seed_from(std::uint64_t number);

}  // namespace sip
