#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"

namespace relay {

/// For how long a response of the DNS (RFC 1035 4.1) may be believed: as its shortest-lived answer says;
/// where there is none, as the zone's SOA says (RFC 2308 5). None where neither can be read.
std::optional<sip::Seconds> ttl_of(std::span<const std::uint8_t> response);

}  // namespace relay
