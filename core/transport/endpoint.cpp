#include "transport/endpoint.h"

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
int read_groups(std::string_view text, std::array<std::uint8_t, 16>& out) {
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

std::optional<std::array<std::uint8_t, 16>> read_v6(std::string_view text) {
  std::array<std::uint8_t, 16> bytes{};
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos)
    return read_groups(text, bytes) == 16 ? std::optional(bytes) : std::nullopt;
  std::array<std::uint8_t, 16> tail{};
  const int before = read_groups(text.substr(0, gap), bytes);
  const int after = read_groups(text.substr(gap + 2), tail);
  if (before < 0 || after < 0 || before + after > 14) return std::nullopt;
  std::copy_n(tail.begin(), after, bytes.end() - after);
  return bytes;
}

}  // namespace

std::string_view via_transport(Protocol protocol) {
  switch (protocol) {
    case Protocol::udp: return "UDP";
    case Protocol::tcp: return "TCP";
    case Protocol::tls: return "TLS";
    case Protocol::ws: return "WS";
    case Protocol::wss: return "WSS";
  }
  return {};
}

std::optional<Protocol> parse_protocol(std::string_view text) {
  for (const Protocol protocol : {Protocol::udp, Protocol::tcp, Protocol::tls, Protocol::ws, Protocol::wss})
    if (equal_ignoring_case(text, via_transport(protocol))) return protocol;
  return std::nullopt;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  std::array<std::uint8_t, 16> bytes{};
  if (text.find(':') != std::string_view::npos) {
    const auto v6 = read_v6(text);
    return v6 ? std::optional(IpAddress(*v6)) : std::nullopt;
  }
  for (std::size_t i = 0; i < v4_prefix.size(); ++i) bytes[i] = v4_prefix[i];
  if (!read_v4(text, &bytes[12])) return std::nullopt;
  return IpAddress(bytes);
}

bool IpAddress::is_v4() const {
  for (std::size_t i = 0; i < v4_prefix.size(); ++i)
    if (bytes_[i] != v4_prefix[i]) return false;
  return true;
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[12] == 127;
  for (std::size_t i = 0; i < 15; ++i)
    if (bytes_[i] != 0) return false;
  return bytes_[15] == 1;
}

bool IpAddress::is_unspecified() const {
  for (std::size_t i = is_v4() ? 12 : 0; i < 16; ++i)
    if (bytes_[i] != 0) return false;
  return true;
}

std::string IpAddress::text() const {
  std::string out;
  if (is_v4()) {
    for (std::size_t i = 12; i < 16; ++i) out += (i > 12 ? "." : "") + std::to_string(bytes_[i]);
    return out;
  }
  // RFC 5952: the longest run of two or more zero groups becomes "::".
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i)
    groups[i] = static_cast<unsigned>(bytes_[2 * i]) * 256 + bytes_[2 * i + 1];
  std::size_t best = 8, best_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t length = 0;
    while (i + length < 8 && groups[i + length] == 0) ++length;
    if (length > best_length) {
      best = i;
      best_length = length;
    }
  }
  static constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += best_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    bool started = false;
    for (const unsigned shift : {12U, 8U, 4U, 0U}) {
      const unsigned digit = (groups[i] >> shift) & 0xf;
      started = started || digit != 0 || shift == 0;
      if (started) out += digits[digit];
    }
  }
  return out;
}

std::string IpAddress::host() const { return is_v4() ? text() : "[" + text() + "]"; }

}  // namespace sip
