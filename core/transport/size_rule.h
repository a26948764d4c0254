#pragma once

#include <cstddef>
#include <cstdint>

#include "transport/endpoint.h"

namespace sip {

/// The most that a MESSAGE outside a media session may measure where the path is not known
/// to be congestion-safe (RFC 3428 8), and that a datagram may where its MTU is not known (RFC 3261 18.1.1).
inline constexpr std::size_t max_safe_size = 1300;

/// The most that a MESSAGE may measure on a path that is known to be safe: what everyone must read (RFC 3261
/// 18.1.1), less what the proxies on the way add, some 200 bytes of Via each.
inline constexpr std::size_t max_size_on_safe_path = 65535 - 4095;

/// What is known of all the hops that a MESSAGE takes to its recipients (RFC 3428 8). No protocol tells it;
/// whoever runs them all may know.
enum class Path : std::uint8_t {
  unknown,
  congestion_safe,  ///< each hop has congestion control (TCP, WebSocket), or an MTU that is large enough
};

/// How many bytes a MESSAGE of `size` is over the rule; 0 when it fits.
std::size_t excess(std::size_t size, Path path);

/// Whether a request of that size may go to the endpoint as one datagram (RFC 3261 18.1.1). The loopback's
/// MTU is known.
bool fits_datagram(std::size_t size, const Endpoint& to);

}  // namespace sip
