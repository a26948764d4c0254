#include "base/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sip {

namespace {

/// What may follow a first byte (RFC 3629 4): how many bytes, and the range of the first of them, which
/// keeps overlong forms, surrogates and values past U+10FFFF out.
struct Tail {
  std::size_t length;
  std::uint8_t lowest;
  std::uint8_t highest;
};

constexpr std::size_t no_character = 4;

/// How many bytes from there on are ASCII, by eights.
std::size_t ascii_run(std::string_view text, std::size_t from) {
  constexpr std::uint64_t not_ascii = 0x8080'8080'8080'8080;
  std::size_t at = from;
  for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if ((word & not_ascii) != 0) break;
  }
  return at - from;
}

constexpr Tail tail_after(std::uint8_t first) {
  if (first < 0x80) return {0, 0, 0};
  if (first < 0xc2) return {no_character, 0, 0};
  if (first < 0xe0) return {1, 0x80, 0xbf};
  if (first == 0xe0) return {2, 0xa0, 0xbf};
  if (first == 0xed) return {2, 0x80, 0x9f};
  if (first < 0xf0) return {2, 0x80, 0xbf};
  if (first == 0xf0) return {3, 0x90, 0xbf};
  if (first < 0xf4) return {3, 0x80, 0xbf};
  if (first == 0xf4) return {3, 0x80, 0x8f};
  return {no_character, 0, 0};
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    // Most of what is said in SIP.
    i += ascii_run(text, i);
    if (i == text.size()) return true;
    const Tail tail = tail_after(static_cast<std::uint8_t>(text[i]));
    ++i;
    if (tail.length == no_character || text.size() - i < tail.length) return false;
    for (std::size_t k = 0; k < tail.length; ++k, ++i) {
      const auto byte = static_cast<std::uint8_t>(text[i]);
      const std::uint8_t lowest = k == 0 ? tail.lowest : 0x80;
      const std::uint8_t highest = k == 0 ? tail.highest : 0xbf;
      if (byte < lowest || byte > highest) return false;
    }
  }
  return true;
}

void append_utf8(std::uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x1'0000) {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (code >> 18));
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

}  // namespace sip
