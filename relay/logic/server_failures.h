#pragma once

#include <deque>
#include <utility>
#include <vector>

#include "base/time.h"
#include "transport/endpoint.h"

namespace relay {

/// Which servers failed a moment ago. A request other than INVITE that has waited in vain for one server has
/// no time left for another (RFC 4321 1.3): the next request must not begin with the same.
class ServerFailures {
 public:
  /// So long a server is the last one to be asked. Each time it fails costs one request 32 s.
  static constexpr sip::Seconds memory{300};
  /// The oldest is forgotten first.
  static constexpr std::size_t max_servers = 200;

  void note(sip::Instant now, const sip::Peer& server);
  bool has(sip::Instant now, const sip::Peer& server) const;
  /// Puts those that failed behind the others and changes nothing else.
  void put_last(sip::Instant now, std::vector<sip::Peer>& servers) const;

 private:
  struct Failure {
    sip::Instant until;
    sip::Peer server;
  };
  std::deque<Failure> failures_;  ///< the oldest first
};

}  // namespace relay
