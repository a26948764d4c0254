#pragma once

#include <string>
#include <vector>

#include "logic/settings.h"
#include "transport/endpoint.h"

namespace relay {

/// The servers of other domains that the operator has written down with their addresses. They name themselves
/// by these in Record-Route and Service-Route, where no domain is said.
class ConfiguredServers {
 public:
  explicit ConfiguredServers(const AdjustableSettings& settings);

  /// By whatever transport: who leads a request there leads it to no other service of that machine.
  bool contains(const sip::Endpoint& server) const;
  /// Who a server over TLS has to be, for whoever is led to it by its address (RFC 5922 7.3): the domain
  /// whose route leads there, else what is asked for already.
  std::string identity(const sip::Peer& server) const;

 private:
  struct Server {
    sip::Endpoint endpoint;
    std::string domain;  ///< of a route; empty for an upstream
  };
  std::vector<Server> servers_;
};

}  // namespace relay
