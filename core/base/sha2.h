#pragma once

#include <array>
#include <cstddef>

namespace sip {

/// By 1 to 31 or 63 bits. (Standard libraries do not agree on the type that std::rotr counts in.)
template <class Word>
constexpr Word rotated_right(Word word, unsigned bits) {
  return word >> bits | word << (static_cast<unsigned>(sizeof(Word) * 8) - bits);
}

/// What all hashes of the SHA-2 family do with one block (FIPS 180-4 6.2.2, 6.4.2); they differ in the size
/// of their words, the number of rounds and the amounts of rotation.
struct Sha2Rotations {
  std::array<unsigned, 3> big_a;       ///< capital sigma 0 (4.1.2, 4.1.3)
  std::array<unsigned, 3> big_e;       ///< capital sigma 1
  std::array<unsigned, 3> small_far;   ///< sigma 0; the last is a shift
  std::array<unsigned, 3> small_near;  ///< sigma 1; the last is a shift
};

/// Mixes a block, given as its sixteen words, into the state. One round for each of `roots`.
template <class Word, std::size_t rounds>
void sha2_mix(std::array<Word, 8>& state, const std::array<Word, 16>& block,
              const std::array<Word, rounds>& roots, const Sha2Rotations& by) {
  const auto big = [](Word word, const std::array<unsigned, 3>& n) {
    return rotated_right(word, n[0]) ^ rotated_right(word, n[1]) ^ rotated_right(word, n[2]);
  };
  const auto small = [](Word word, const std::array<unsigned, 3>& n) {
    return rotated_right(word, n[0]) ^ rotated_right(word, n[1]) ^ word >> n[2];
  };
  std::array<Word, rounds> words{};
  for (std::size_t i = 0; i < block.size(); ++i) words[i] = block[i];
  for (std::size_t i = block.size(); i < rounds; ++i)
    words[i] = words[i - 16] + small(words[i - 15], by.small_far) + words[i - 7] +
               small(words[i - 2], by.small_near);
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t i = 0; i < rounds; ++i) {
    const Word first = h + big(e, by.big_e) + ((e & f) ^ (~e & g)) + roots[i] + words[i];
    const Word second = big(a, by.big_a) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + first;
    d = c;
    c = b;
    b = a;
    a = first + second;
  }
  const std::array<Word, 8> mixed = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += mixed[i];
}

}  // namespace sip
