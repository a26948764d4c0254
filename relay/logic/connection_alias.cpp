#include "logic/connection_alias.h"

namespace relay {

using namespace sip;

std::optional<Endpoint> ConnectionAlias::taken(const Peer& from, const Via& via) {
  const bool is_allowed = policy_ == Policy::trusted && from.endpoint.protocol == Protocol::tcp;
  if (!is_allowed || !via.params.has("alias") || !trust_.sent(from)) return std::nullopt;
  // 8.2: the address that it comes from, and the port that its sender advertises. RFC 3261 19.1.2: 5060.
  const Endpoint advertised{Protocol::tcp, from.endpoint.address, via.port.value_or(5060)};
  if (advertised.port == 0) return std::nullopt;
  const auto known = known_.find(from.flow);
  if (known != known_.end() && known->second == advertised) return std::nullopt;
  known_.insert_or_assign(from.flow, advertised);
  return advertised;
}

}  // namespace relay
