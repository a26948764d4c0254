#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sip {

enum class ByteOrder : std::uint8_t { little, big };

template <class Word>
constexpr Word load_word(std::span<const std::uint8_t> from, ByteOrder order) {
  Word word = 0;
  for (std::size_t i = 0; i < sizeof(Word); ++i)
    word = static_cast<Word>(word << 8 | from[order == ByteOrder::big ? i : sizeof(Word) - 1 - i]);
  return word;
}

template <class Word>
constexpr void store_word(std::span<std::uint8_t> to, Word word, ByteOrder order) {
  for (std::size_t i = 0; i < sizeof(Word); ++i) {
    const std::size_t byte = order == ByteOrder::big ? sizeof(Word) - 1 - i : i;
    to[i] = static_cast<std::uint8_t>(word >> (8 * byte));
  }
}

/// The first `size` bytes of the state in which a machine is left by all blocks of the data, padded (RFC 1321
/// 3.1, 3.2, FIPS 180-4 5.1): a one bit, zeros, and the length in bits as a number of two words. A machine
/// has `Word`, `order`, `state`, and `mix`, which takes the sixteen words of a block.
template <class Machine, std::size_t size>
std::array<std::uint8_t, size> hash_by_blocks(std::string_view data) {
  using Word = typename Machine::Word;
  constexpr std::size_t block_size = 16 * sizeof(Word);
  constexpr std::size_t length_size = 2 * sizeof(Word);
  Machine machine;
  std::array<std::uint8_t, block_size> block{};
  const auto mix = [&] {
    std::array<Word, 16> words{};
    for (std::size_t i = 0; i < words.size(); ++i)
      words[i] = load_word<Word>(std::span(block).subspan(i * sizeof(Word), sizeof(Word)), Machine::order);
    machine.mix(words);
  };
  std::string_view rest = data;
  for (; rest.size() >= block_size; rest.remove_prefix(block_size)) {
    std::copy_n(rest.begin(), block_size, block.begin());
    mix();
  }
  block.fill(0);
  std::copy(rest.begin(), rest.end(), block.begin());
  block[rest.size()] = 0x80;
  if (rest.size() >= block_size - length_size) {
    mix();
    block.fill(0);
  }
  store_word(std::span(block).last(8), std::uint64_t{data.size()} * 8, Machine::order);
  mix();

  std::array<std::uint8_t, size> digest{};
  for (std::size_t i = 0; i < size / sizeof(Word); ++i)
    store_word(std::span(digest).subspan(i * sizeof(Word), sizeof(Word)), machine.state[i], Machine::order);
  return digest;
}

}  // namespace sip
