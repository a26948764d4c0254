#include "base/hash.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

#include "base/encoding.h"
#include "base/sha2.h"

namespace sip {

namespace {

constexpr std::size_t block_size = 64;
using Block = std::span<const std::uint8_t, block_size>;

enum class ByteOrder : std::uint8_t { little, big };

constexpr std::uint32_t load_word(Block block, std::size_t index, ByteOrder order) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t at = order == ByteOrder::big ? i : 3 - i;
    word = word << 8 | block[index * 4 + at];
  }
  return word;
}

constexpr void store(std::span<std::uint8_t> to, std::uint64_t value, ByteOrder order) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::size_t byte = order == ByteOrder::big ? to.size() - 1 - i : i;
    to[i] = static_cast<std::uint8_t>(value >> (8 * byte));
  }
}

/// Feeds every block of the data, then the padding of RFC 1321 3.1-3.2 and FIPS 180-4 5.1.1:
/// a one bit, zeros, and the length in bits; the two differ in byte order alone.
template <class Machine>
void feed(Machine& machine, std::string_view data, ByteOrder order) {
  std::array<std::uint8_t, block_size> block{};
  std::string_view rest = data;
  for (; rest.size() >= block_size; rest.remove_prefix(block_size)) {
    std::memcpy(block.data(), rest.data(), block_size);
    machine.mix(block);
  }
  block.fill(0);
  std::copy(rest.begin(), rest.end(), block.begin());
  block[rest.size()] = 0x80;
  if (rest.size() >= block_size - 8) {
    machine.mix(block);
    block.fill(0);
  }
  store(std::span(block).last(8), std::uint64_t{data.size()} * 8, order);
  machine.mix(block);
}

template <std::size_t size, std::size_t words>
std::array<std::uint8_t, size> digest_of(const std::array<std::uint32_t, words>& state, ByteOrder order) {
  static_assert(size == words * 4);
  std::array<std::uint8_t, size> digest{};
  for (std::size_t i = 0; i < words; ++i) store(std::span(digest).subspan(i * 4, 4), state[i], order);
  return digest;
}

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
  std::array<std::uint32_t, 4> state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

  void mix(Block block) {
    auto [a, b, c, d] = state;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::size_t round = i / 16;
      const auto [chosen, word] = round_function(i, b, c, d);
      const std::uint32_t sum = a + chosen + md5_sines[i] + load_word(block, word, ByteOrder::little);
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
    std::uint32_t bits;
    std::size_t word;
  };
  static Chosen round_function(std::size_t step, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    switch (step / 16) {
      case 0: return {(b & c) | (~b & d), step};
      case 1: return {(b & d) | (c & ~d), (5 * step + 1) % 16};
      case 2: return {b ^ c ^ d, (3 * step + 5) % 16};
      default: return {c ^ (b | ~d), 7 * step % 16};
    }
  }
};

/// The first 32 bits behind the point of the cube roots of the first 64 primes (FIPS 180-4 4.2.2).
constexpr std::array<std::uint32_t, 64> sha256_roots = {
    // clang-format off
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    // clang-format on
};

struct Sha256Machine {
  // FIPS 180-4 5.3.3: the square roots of the first eight primes.
  std::array<std::uint32_t, 8> state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

  void mix(Block block) {
    std::array<std::uint32_t, 16> words{};
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = load_word(block, i, ByteOrder::big);
    // FIPS 180-4 4.1.2.
    sha2_mix(
        state, words, sha256_roots,
        {.big_a = {2, 13, 22}, .big_e = {6, 11, 25}, .small_far = {7, 18, 3}, .small_near = {17, 19, 10}});
  }
};

}  // namespace

Md5Digest md5(std::string_view data) {
  Md5Machine machine;
  feed(machine, data, ByteOrder::little);
  return digest_of<16>(machine.state, ByteOrder::little);
}

Sha256Digest sha256(std::string_view data) {
  Sha256Machine machine;
  feed(machine, data, ByteOrder::big);
  return digest_of<32>(machine.state, ByteOrder::big);
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view data) {
  std::string inner(key);
  if (inner.size() > block_size) {
    const Sha256Digest shortened = sha256(key);
    inner.assign(shortened.begin(), shortened.end());
  }
  inner.resize(block_size, '\0');
  std::string outer = inner;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  const Sha256Digest inside = sha256(inner.append(data));
  outer.append(inside.begin(), inside.end());
  return sha256(outer);
}

std::string md5_hex(std::string_view data) { return hex(md5(data)); }

std::string sha256_hex(std::string_view data) { return hex(sha256(data)); }

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  // volatile keeps the compiler from leaving the loop at the first difference.
  volatile std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

}  // namespace sip
