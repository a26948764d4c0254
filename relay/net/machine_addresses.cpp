#include "net/machine_addresses.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/udp.hpp>
#include <cerrno>
#include <cstring>
#include <memory>

#include "net/asio_endpoint.h"

namespace relay {
namespace {

using boost::asio::ip::udp;

/// Unspecified for what is no address of the Internet Protocol.
sip::IpAddress address_of(const sockaddr* found) {
  if (found == nullptr) return {};
  const std::size_t size = found->sa_family == AF_INET    ? sizeof(sockaddr_in)
                           : found->sa_family == AF_INET6 ? sizeof(sockaddr_in6)
                                                          : 0;
  if (size == 0) return {};
  udp::endpoint endpoint;
  std::memcpy(endpoint.data(), found, size);
  return from_asio(sip::Protocol::udp, endpoint).address;
}

}  // namespace

std::vector<sip::IpAddress> machine_addresses(const std::vector<sip::Endpoint>& listeners) {
  const auto is_reached = [&](const sip::IpAddress& address) {
    return std::any_of(listeners.begin(), listeners.end(), [&](const sip::Endpoint& listener) {
      return listener.address.is_unspecified() && listener.address.is_v4() == address.is_v4();
    });
  };
  std::vector<sip::IpAddress> addresses;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) {
    spdlog::warn("the addresses of this machine are not known: {}", std::strerror(errno));
    return addresses;
  }
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> interfaces(first, freeifaddrs);
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    const sip::IpAddress address = address_of(each->ifa_addr);
    if (!address.is_unspecified() && is_reached(address)) addresses.push_back(address);
  }
  return addresses;
}

}  // namespace relay
