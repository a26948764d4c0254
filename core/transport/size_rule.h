#pragma once

#include <cstddef>

#include "transport/endpoint.h"

namespace sip {

/// The most that a MESSAGE outside a media session may measure where the path is not known
/// to be congestion-safe (RFC 3428 8), and that a datagram may where its MTU is not known (RFC 3261 18.1.1).
inline constexpr std::size_t max_safe_size = 1300;

/// How many bytes `size` is over the rule; 0 when it fits.
std::size_t excess(std::size_t size);

/// Whether a request of that size may go to the endpoint as one datagram (RFC 3261 18.1.1). The loopback's
/// MTU is known.
bool fits_datagram(std::size_t size, const Endpoint& to);

}  // namespace sip
