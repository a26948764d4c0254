#include "logic/target.h"

#include <utility>

namespace relay {

void Target::try_by_stream() {
  others.insert(others.begin(), peer);
  peer.flow = sip::FlowId::none;
  peer.endpoint.protocol = sip::Protocol::tcp;
  is_tried_by_stream = true;
}

bool Target::turn_to_next() {
  if (others.empty()) return false;
  peer = std::move(others.front());
  others.erase(others.begin());
  return true;
}

}  // namespace relay
