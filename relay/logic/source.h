#pragma once

#include <optional>
#include <string>

#include "transport/endpoint.h"

namespace relay {

/// By what name those are counted who come from there: an IPv4 address, or 64 bits of an IPv6 address, the
/// rest of which whoever has them can choose. Over UDP it is another name than over connections: who forges
/// the address of a datagram must not use up what is its owner's elsewhere. None for 127.0.0.1 and ::1, from
/// where a reverse proxy brings everyone.
std::optional<std::string> source_of(const sip::Endpoint& endpoint);

}  // namespace relay
