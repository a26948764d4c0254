#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "logic/trust_domain.h"
#include "message/via.h"
#include "transport/endpoint.h"

namespace relay {

/// Connections that others have opened and let us send requests back by (RFC 5923). Over TCP nobody shows who
/// they are (9.3): those alone whose address the operator trusts are taken at their word. Over TLS the relay
/// asks for no certificate, and so aliases nothing (9.2).
class ConnectionAlias {
 public:
  enum class Policy : std::uint8_t { none, trusted };
  ConnectionAlias(Policy policy, const TrustDomain& trust) : policy_(policy), trust_(trust) {}

  /// Whether a request to `to` says that requests may come back by its connection (8.1).
  bool is_offered(const sip::Peer& to) const {
    return policy_ == Policy::trusted && to.endpoint.protocol == sip::Protocol::tcp && trust_.receives(to);
  }
  /// A request came with this Via on top: the address that is reached by its connection from now on (8.2).
  /// None where there is none, or it is known.
  std::optional<sip::Endpoint> taken(const sip::Peer& from, const sip::Via& via);
  void flow_closed(sip::FlowId flow) { known_.erase(flow); }

 private:
  Policy policy_;
  const TrustDomain& trust_;
  std::unordered_map<sip::FlowId, sip::Endpoint> known_;  ///< one of a connection: that which came last
};

}  // namespace relay
