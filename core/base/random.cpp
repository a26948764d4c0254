#include "base/random.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <span>
#include <string_view>
#include <tuple>

#include "base/encoding.h"

namespace sip {

namespace {

void store_big_endian(std::span<std::uint8_t, 8> to, std::uint64_t value) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
}

}  // namespace

std::uint8_t Random::next_byte() {
  if (used_ == block_.size()) {
    std::array<std::uint8_t, std::tuple_size_v<Seed> + 8> input{};
    std::copy(seed_.begin(), seed_.end(), input.begin());
    store_big_endian(std::span(input).last<8>(), counter_);
    ++counter_;
    block_ = sha256({reinterpret_cast<const char*>(input.data()), input.size()});
    used_ = 0;
  }
  return block_[used_++];
}

std::uint64_t Random::next() {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | next_byte();
  return value;
}

std::uint64_t Random::below(std::uint64_t bound) {
  assert(bound != 0);
  // Values past the last whole multiple of bound would favour the small results.
  const std::uint64_t largest = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t surplus = (largest % bound + 1) % bound;
  std::uint64_t value = next();
  while (value > largest - surplus) value = next();
  return value % bound;
}

std::string Random::token(std::size_t length) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz012345";
  std::string text(length, ' ');
  for (char& c : text) c = alphabet[next_byte() % alphabet.size()];
  return text;
}

std::string Random::uuid_urn() {
  std::array<std::uint8_t, 16> bytes{};
  for (std::uint8_t& byte : bytes) byte = next_byte();
  // RFC 4122 4.4: version 4, and the variant of 4.1.1.
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  const std::string digits = hex(bytes);
  std::string urn = "urn:uuid:";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) urn += '-';
    urn += digits[i];
  }
  return urn;
}

Random Random::split() {
  Seed seed{};
  for (std::uint8_t& byte : seed) byte = next_byte();
  return Random(seed);
}

Seed seed_from(std::uint64_t number) {
  Seed seed{};
  store_big_endian(std::span(seed).last<8>(), number);
  return seed;
}

}  // namespace sip
