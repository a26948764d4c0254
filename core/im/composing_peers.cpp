#include "im/composing_peers.h"

namespace sip {

bool ComposingPeers::status(Now now, const std::string& peer, const IsComposing& status) {
  if (status.state == IsComposing::State::idle) return active_until_.erase(peer) > 0;
  const auto known = active_until_.find(peer);
  if (known == active_until_.end() && active_until_.size() == max_peers) return false;
  active_until_[peer] = now.mono + status.refresh.value_or(default_refresh);
  return known == active_until_.end();
}

std::vector<std::string> ComposingPeers::expired(Now now) {
  std::vector<std::string> peers;
  for (auto it = active_until_.begin(); it != active_until_.end();) {
    const auto current = it++;
    if (current->second > now.mono) continue;
    peers.push_back(current->first);
    active_until_.erase(current);
  }
  return peers;
}

Deadline ComposingPeers::deadline() const {
  Deadline first;
  for (const auto& [peer, until] : active_until_) first = earlier(first, until);
  return first;
}

}  // namespace sip
