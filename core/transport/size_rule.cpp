#include "transport/size_rule.h"

namespace sip {
namespace {

/// The loopback carries 65536 bytes; 28 are the headers of IP and UDP, 200 the margin of RFC 3261 18.1.1.
constexpr std::size_t max_loopback_size = 65536 - 28 - 200;

}  // namespace

std::size_t excess(std::size_t size, Path path) {
  const std::size_t limit = path == Path::congestion_safe ? max_size_on_safe_path : max_safe_size;
  return size > limit ? size - limit : 0;
}

bool fits_datagram(std::size_t size, const Endpoint& to) {
  return size <= (to.address.is_loopback() ? max_loopback_size : max_safe_size);
}

}  // namespace sip
