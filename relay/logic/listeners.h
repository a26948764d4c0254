#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "transport/endpoint.h"

namespace relay {

/// Where the relay listens, and which of these another end has to do with.
class Listeners {
 public:
  struct Listener {
    sip::Endpoint endpoint;
    std::string sent_by;                   ///< what a Via names it by (RFC 3261 18.1.1)
    sip::FlowId flow = sip::FlowId::none;  ///< of a UDP socket
  };
  /// `name` is what stands for every address of the machine.
  Listeners(const std::vector<sip::Endpoint>& endpoints, std::string_view name);

  const std::vector<Listener>& all() const { return all_; }
  /// There is a UDP socket, or another address that one is spoken to at which is bound to all of them.
  void opened(const sip::Peer& socket);
  /// By its transport that whose flow it has, else that whose address is nearest to its own; none where
  /// nobody listens by that transport.
  const Listener* toward(const sip::Peer& other_end) const;

 private:
  std::vector<Listener> all_;
  std::unordered_map<sip::FlowId, std::size_t> of_flow_;  ///< in all_
};

}  // namespace relay
