#pragma once

#include <cstddef>
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
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && to_lower(a[i]) != to_lower(b[i])) return false;
  return true;
}
std::string lower_case(std::string_view text);

/// 1*DIGIT with a value in [0, max], and nothing else; none otherwise.
constexpr std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t max) {
  if (text.empty()) return std::nullopt;
  const std::uint64_t tenth = max / 10;
  std::uint64_t value = 0;
  for (const char c : text) {
    // What is no digit differs from '0' by more than 9.
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (digit > 9 || value > tenth || digit > max - value * 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

/// No control character: nothing that could end a header field, or begin another one.
bool is_printable(std::string_view text);

/// Few characters are no greater than a space: one comparison for most.
constexpr bool is_blank(char c) { return c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n'); }

/// Without the SP, HTAB, CR and LF at its end.
constexpr std::string_view trim_end(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Without those at both ends.
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return trim_end(text);
}

}  // namespace sip
