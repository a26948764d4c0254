#include "logic/source.h"

#include <algorithm>

namespace relay {

using namespace sip;

namespace {

constexpr std::size_t network_bytes = 8;

}  // namespace

std::optional<std::string> source_of(const Endpoint& endpoint) {
  static const IpAddress own_v4 = *IpAddress::parse("127.0.0.1");
  static const IpAddress own_v6 = *IpAddress::parse("::1");
  IpAddress address = endpoint.address;
  if (address == own_v4 || address == own_v6) return std::nullopt;
  if (!address.is_v4()) {
    auto bytes = address.bytes();
    std::fill(bytes.begin() + network_bytes, bytes.end(), std::uint8_t{0});
    address = IpAddress(bytes);
  }
  return (is_reliable(endpoint.protocol) ? "" : "udp ") + address.text();
}

}  // namespace relay
