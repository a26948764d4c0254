#include "base/md5.h"

#include <cstddef>

#include "base/encoding.h"
#include "base/hash_by_blocks.h"

namespace sip {

namespace {

/// floor(2^32 * |sin(i + 1)|) (RFC 1321 3.4).
constexpr std::array<std::uint32_t, 64> md5_sines = {
    // clang-format off
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
    // clang-format on
};

constexpr std::array<std::array<unsigned, 4>, 4> md5_shifts = {
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

struct Md5Machine {
  using Word = std::uint32_t;
  static constexpr ByteOrder order = ByteOrder::little;
  std::array<Word, 4> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

  void mix(const std::array<Word, 16>& words) {
    auto [a, b, c, d] = state;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::size_t round = i / 16;
      const auto [chosen, word] = round_function(i, b, c, d);
      const Word sum = a + chosen + md5_sines[i] + words[word];
      a = d;
      d = c;
      c = b;
      b += sum << md5_shifts[round][i % 4] | sum >> (32 - md5_shifts[round][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
  }

 private:
  struct Chosen {
    Word bits;
    std::size_t word;
  };
  static Chosen round_function(std::size_t step, Word b, Word c, Word d) {
    switch (step / 16) {
      case 0: return {(b & c) | (~b & d), step};
      case 1: return {(b & d) | (c & ~d), (5 * step + 1) % 16};
      case 2: return {b ^ c ^ d, (3 * step + 5) % 16};
      default: return {c ^ (b | ~d), 7 * step % 16};
    }
  }
};

}  // namespace

Md5Digest md5(std::string_view data) { return hash_by_blocks<Md5Machine, 16>(data); }

std::string md5_hex(std::string_view data) { return hex(md5(data)); }

}  // namespace sip
