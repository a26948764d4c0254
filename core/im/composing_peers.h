#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "im/composing.h"

namespace sip {

/// The receiver's side of RFC 3994 3.3: who is writing to us.
class ComposingPeers {
 public:
  /// How long "active" holds that names no refresh (3.3).
  static constexpr Seconds default_refresh{120};
  /// Strangers may claim to write in any number.
  static constexpr std::size_t max_peers = 256;

  /// A status message came. True when the peer began or stopped by it.
  bool status(Now now, const std::string& peer, const IsComposing& status);
  /// A message came, which ends the composing. True when the peer was composing.
  bool message(const std::string& peer) { return active_until_.erase(peer) > 0; }
  /// Those of whom nothing was heard for too long, removed.
  std::vector<std::string> expired(Now now);
  Deadline deadline() const;

 private:
  std::map<std::string, Instant> active_until_;
};

}  // namespace sip
