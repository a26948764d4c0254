#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sip {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_alphanum(char c) { return is_digit(c) || is_alpha(c); }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Compares ASCII letters without case, everything else by byte.
bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);

/// 1*DIGIT with a value in [0, max], and nothing else; none otherwise.
std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t max);

/// No control character: nothing that could end a header field, or begin another one.
bool is_printable(std::string_view text);

/// Without the SP, HTAB, CR and LF at both ends.
std::string_view trim(std::string_view text);

}  // namespace sip
