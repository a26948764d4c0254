#include "logic/configured_servers.h"

#include <algorithm>

#include "logic/server_location.h"
#include "message/uri.h"

namespace relay {

using namespace sip;

ConfiguredServers::ConfiguredServers(const AdjustableSettings& settings) {
  for (const auto& [domain, endpoint] : settings.routes) servers_.push_back({endpoint, domain});
  for (const auto& [domain, uri] : settings.upstreams) {
    // One with a name asks the DNS, and is known by that name.
    const ServerLocation location(*Uri::parse(uri), {}, Random(Seed{}));
    for (const Peer& server : location.servers()) servers_.push_back({server.endpoint, {}});
  }
}

bool ConfiguredServers::contains(const Endpoint& server) const {
  return std::any_of(servers_.begin(), servers_.end(), [&](const Server& each) {
    return each.endpoint.address == server.address && each.endpoint.port == server.port;
  });
}

std::string ConfiguredServers::identity(const Peer& server) const {
  if (!IpAddress::parse(server.name)) return server.name;
  const auto route = std::find_if(servers_.begin(), servers_.end(), [&](const Server& each) {
    return each.endpoint == server.endpoint && !each.domain.empty();
  });
  return route == servers_.end() ? server.name : route->domain;
}

}  // namespace relay
