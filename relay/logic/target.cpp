#include "logic/target.h"

#include <algorithm>
#include <utility>

namespace relay {

bool Target::turn_to_connection() {
  const auto found = std::find_if(other_flows.begin(), other_flows.end(), [](const Target& flow) {
    return is_reliable(flow.peer.endpoint.protocol);
  });
  if (found == other_flows.end()) return false;
  std::rotate(other_flows.begin(), found, found + 1);
  return turn_to_other_flow();
}

void Target::try_by_stream() {
  others.insert(others.begin(), peer);
  peer.flow = sip::FlowId::none;
  peer.endpoint.protocol = sip::Protocol::tcp;
  is_tried_by_stream = true;
}

void Target::move_to_stream() {
  peer.flow = sip::FlowId::none;
  peer.endpoint.protocol = sip::Protocol::tcp;
  is_moved_to_stream = true;
}

bool Target::turn_to_next() {
  if (others.empty()) return false;
  const sip::Endpoint former = peer.endpoint;
  peer = std::move(others.front());
  others.erase(others.begin());
  is_moved_to_stream = false;
  // The next server has a stream of its own to be tried.
  is_tried_by_stream = is_tried_by_stream && is_reliable(former.protocol) &&
                       former.address == peer.endpoint.address && former.port == peer.endpoint.port;
  return true;
}

bool Target::turn_to_other_flow() {
  if (other_flows.empty()) return false;
  std::vector<Target> flows = std::move(other_flows);
  Target next = std::move(flows.front());
  flows.erase(flows.begin());
  next.ends = ends;
  next.q_thousandths = q_thousandths;
  next.other_flows = std::move(flows);
  *this = std::move(next);
  return true;
}

}  // namespace relay
