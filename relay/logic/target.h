#pragma once

#include <optional>
#include <string>
#include <vector>

#include "logic/party.h"
#include "transport/endpoint.h"

namespace relay {

/// Where one copy of a request goes (RFC 3261 16.5).
struct Target {
  std::string request_uri;
  sip::Peer peer;
  std::string route = {};              ///< goes in front of the Route that the request has (RFC 3327 5.4)
  std::vector<sip::Peer> others = {};  ///< where to turn to next, in this order (RFC 3263 4.3)
  /// Who later requests in a dialog that this one forms go to; none: wherever Route and Contact lead.
  std::optional<sip::Peer> device = {};
  Ends ends = {};                        ///< of that dialog
  std::vector<Target> other_flows = {};  ///< to the same device, the newest first (RFC 5626 7)
  unsigned q_thousandths = 1000;         ///< the higher is tried first (16.6)

  bool is_tried_by_stream = false;  ///< for its size (18.1.1), so that a datagram may be as large as it is
  bool is_moved_to_stream = false;  ///< for its size, and must not go as a datagram (RFC 3428 8)

  /// Turns to another flow of the device that is no datagram. Whether there was one.
  bool turn_to_connection();
  /// Goes by TCP first, to the same address, and turns to the datagram next.
  void try_by_stream();
  /// Goes by TCP to the same address.
  void move_to_stream();
  /// Whether there was one.
  bool turn_to_next();
  /// Likewise, to the device by another flow.
  bool turn_to_other_flow();
};

}  // namespace relay
