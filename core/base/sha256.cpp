#include "base/sha256.h"

#include <cstddef>

#include "base/encoding.h"
#include "base/hash_by_blocks.h"
#include "base/sha2.h"

namespace sip {

namespace {

constexpr std::size_t block_size = 64;

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
  using Word = std::uint32_t;
  static constexpr ByteOrder order = ByteOrder::big;
  // FIPS 180-4 5.3.3: the square roots of the first eight primes.
  std::array<Word, 8> state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

  void mix(const std::array<Word, 16>& words) {
    // FIPS 180-4 4.1.2.
    sha2_mix(
        state, words, sha256_roots,
        {.big_a = {2, 13, 22}, .big_e = {6, 11, 25}, .small_far = {7, 18, 3}, .small_near = {17, 19, 10}});
  }
};

}  // namespace

Sha256Digest sha256(std::string_view data) { return hash_by_blocks<Sha256Machine, 32>(data); }

std::string sha256_hex(std::string_view data) { return hex(sha256(data)); }

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

}  // namespace sip
