#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sip {

using IpBytes = std::array<std::uint8_t, 16>;

/// Dotted IPv4, each octet of at most three digits, as an IPv4-mapped address; none for anything else.
std::optional<IpBytes> parse_ipv4(std::string_view text);
/// IPv6 without brackets (RFC 5954 4.1, the grammar of RFC 3986). RFC 5118 4.10: the colon too many that RFC
/// 3261's own grammar puts before an IPv4 tail ("2001:db8:::192.0.2.1") is overlooked.
std::optional<IpBytes> parse_ipv6(std::string_view text);

}  // namespace sip
