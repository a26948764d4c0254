#pragma once

#include "dialog.h"

namespace relay::test {

/// A relay that believes everyone, one who writes to others, and the domain example.net with two servers.
struct Open : Bench {
  const Peer alice = peer(Protocol::ws, 1);

  explicit Open(const Settings& settings = Bench::settings(false)) : Bench(settings) {
    with_digest = false;
    zone.srv("_sip._tcp.example.net", {1, 1, 5060, "one.example.net"})
        .srv("_sip._tcp.example.net", {2, 1, 5070, "two.example.net"})
        .address("one.example.net", "203.0.113.1")
        .address("two.example.net", "203.0.113.2");
  }
  void write_to(const std::string& uri, const std::string& fields = {}) {
    say(alice, write({.uri = uri, .fields = fields}));
  }
  void fail(const Relay::SendTo& request) {
    relay.unreachable(now, request.to);
    drain();
  }
  /// The connection that a request went by.
  void close(const Relay::SendTo& request) {
    relay.flow_closed(now, FlowId{900}, {request.to});
    drain();
  }
};

inline std::string where(const Relay::SendTo& sent) {
  const Endpoint& endpoint = sent.to.endpoint;
  return std::string(via_transport(endpoint.protocol)) + " " + endpoint.address.host() + ":" +
         std::to_string(endpoint.port) + (sent.to.name.empty() ? "" : " " + sent.to.name);
}

}  // namespace relay::test
