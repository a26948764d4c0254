#pragma once
#include <time.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace load {

using Nanoseconds = std::int64_t;
constexpr Nanoseconds millisecond = 1'000'000;
constexpr Nanoseconds second = 1000 * millisecond;
inline Nanoseconds from_seconds(double seconds) { return static_cast<Nanoseconds>(seconds * 1e9); }
inline double to_seconds(Nanoseconds span) { return static_cast<double>(span) / 1e9; }

inline Nanoseconds read_clock(clockid_t which) {
  timespec time{};
  clock_gettime(which, &time);
  return time.tv_sec * second + time.tv_nsec;
}
inline Nanoseconds now() { return read_clock(CLOCK_MONOTONIC); }

/// xorshift64*: quick, and good enough to tell messages apart.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed | 1) {}
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ * 0x2545F4914F6CDD1DULL;
  }

 private:
  std::uint64_t state_;
};

inline void append_number(std::string& text, std::uint64_t value) {
  std::array<char, 20> digits{};
  std::size_t at = digits.size();
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value);
  text.append(digits.data() + at, digits.size() - at);
}

/// The last `digits` hexadecimal digits of the value.
inline void append_hex(std::string& text, std::uint64_t value, std::size_t digits = 16) {
  for (std::size_t i = digits; i-- > 0;) text += "0123456789abcdef"[value >> (4 * i) & 15];
}

/// The number that a text begins with; 0 if it begins with none.
inline std::uint64_t number(std::string_view text, unsigned base = 10) {
  std::uint64_t value = 0;
  for (char c : text) {
    unsigned digit = c >= '0' && c <= '9'   ? static_cast<unsigned>(c - '0')
                     : c >= 'a' && c <= 'f' ? static_cast<unsigned>(c - 'a' + 10)
                                            : 99;
    if (digit >= base) break;
    value = value * base + digit;
  }
  return value;
}

}  // namespace load
