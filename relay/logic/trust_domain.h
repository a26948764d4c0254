#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "transport/endpoint.h"

namespace relay {

/// The servers of others that the operator has an agreement with: they tell the truth in P-Asserted-Identity,
/// and keep what is told them to themselves (RFC 3325 2, 11).
class TrustDomain {
 public:
  explicit TrustDomain(std::vector<sip::IpAddress> servers) : servers_(std::move(servers)) {}

  void use(std::vector<sip::IpAddress> servers) { servers_ = std::move(servers); }
  /// Whether it came from one of them. Anybody can write another one's address on a datagram.
  bool sent(const sip::Peer& from) const {
    return is_reliable(from.endpoint.protocol) && holds(from.endpoint);
  }
  /// Whether what is sent there stays among them.
  bool receives(const sip::Peer& to) const { return holds(to.endpoint); }

 private:
  /// Browsers come from the address of the proxy that ends their TLS, where a trusted server may be, too.
  bool holds(const sip::Endpoint& end) const {
    return !is_websocket(end.protocol) &&
           std::find(servers_.begin(), servers_.end(), end.address) != servers_.end();
  }

  std::vector<sip::IpAddress> servers_;
};

}  // namespace relay
