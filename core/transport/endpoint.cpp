#include "transport/endpoint.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/ip_literal.h"

namespace sip {
namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

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
  const bool is_v6 = text.find(':') != std::string_view::npos;
  const auto bytes = is_v6 ? parse_ipv6(text) : parse_ipv4(text);
  return bytes ? std::optional(IpAddress(*bytes)) : std::nullopt;
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

bool IpAddress::is_link_local() const {
  if (is_v4()) return bytes_[12] == 169 && bytes_[13] == 254;
  return bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
}

bool IpAddress::is_multicast() const {
  if (!is_v4()) return bytes_[0] == 0xff;
  const bool is_broadcast =
      std::all_of(bytes_.begin() + 12, bytes_.end(), [](std::uint8_t byte) { return byte == 255; });
  return (bytes_[12] & 0xf0) == 0xe0 || is_broadcast;
}

std::string IpAddress::text() const {
  std::string out;
  if (is_v4()) {
    for (std::size_t i = 12; i < 16; ++i) {
      if (i > 12) out += '.';
      if (bytes_[i] >= 100) out += static_cast<char>('0' + bytes_[i] / 100);
      if (bytes_[i] >= 10) out += static_cast<char>('0' + bytes_[i] / 10 % 10);
      out += static_cast<char>('0' + bytes_[i] % 10);
    }
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
