#include "base/ip_literal.h"

#include <algorithm>

#include "base/ascii.h"

namespace sip {
namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// Four decimal octets of at most three digits into `out`.
bool read_v4(std::string_view text, std::uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot > 3) return false;
    const auto octet = parse_decimal(text.substr(0, dot), 255);
    if (!octet) return false;
    out[i] = static_cast<std::uint8_t>(*octet);
    text = i < 3 ? text.substr(dot + 1) : std::string_view{};
  }
  return true;
}

/// Groups of one side of "::" into bytes; the last may be dotted IPv4. Gives the count of bytes, -1 for a bad
/// text.
int read_groups(std::string_view text, IpBytes& out) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view group = text.substr(0, colon);
    if (group.find('.') != std::string_view::npos) {
      if (colon != std::string_view::npos || count > 12 || !read_v4(group, &out[count])) return -1;
      return static_cast<int>(count) + 4;
    }
    if (group.empty() || group.size() > 4 || count > 14) return -1;
    unsigned value = 0;
    for (char c : group) {
      if (hex_value(c) < 0) return -1;
      value = value * 16 + static_cast<unsigned>(hex_value(c));
    }
    out[count++] = static_cast<std::uint8_t>(value >> 8);
    out[count++] = static_cast<std::uint8_t>(value & 0xff);
    if (colon == std::string_view::npos) break;
    text = text.substr(colon + 1);
    if (text.empty()) return -1;
  }
  return static_cast<int>(count);
}

}  // namespace

std::optional<IpBytes> parse_ipv4(std::string_view text) {
  IpBytes bytes{};
  std::copy(v4_prefix.begin(), v4_prefix.end(), bytes.begin());
  return read_v4(text, &bytes[12]) ? std::optional(bytes) : std::nullopt;
}

std::optional<IpBytes> parse_ipv6(std::string_view text) {
  IpBytes bytes{};
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos)
    return read_groups(text, bytes) == 16 ? std::optional(bytes) : std::nullopt;
  const bool has_third_colon =
      text.substr(gap + 2).starts_with(':') && text.find('.') != std::string_view::npos;
  IpBytes tail{};
  const int before = read_groups(text.substr(0, gap), bytes);
  const int after = read_groups(text.substr(gap + (has_third_colon ? 3 : 2)), tail);
  // Only the very end may be dotted.
  if (text.substr(0, gap).find('.') != std::string_view::npos) return std::nullopt;
  if (before < 0 || after < 0 || before + after > 14) return std::nullopt;
  std::copy_n(tail.begin(), after, bytes.end() - after);
  return bytes;
}

}  // namespace sip
