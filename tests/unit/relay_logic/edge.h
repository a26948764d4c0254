#pragma once

#include "dialog.h"

namespace relay::test {

/// A relay that is the edge proxy of example.net, whose clients register with a server at 203.0.113.5.
struct Edge : Calls {
  explicit Edge(relay::Upstreams upstreams = {{"example.net", "sip:203.0.113.5;transport=tcp"}})
      : Calls(with(std::move(upstreams))) {}
  explicit Edge(const Settings& settings) : Calls(settings) {}
  static Settings with(relay::Upstreams upstreams) {
    Settings settings = Bench::settings(true);
    settings.upstreams = std::move(upstreams);
    return settings;
  }

  const Peer browser = peer(Protocol::ws, 1);
  /// Where the server itself connects from.
  const Peer server{FlowId{300}, {Protocol::tcp, *IpAddress::parse("203.0.113.5"), 40'000}};
  const Endpoint upstream{Protocol::tcp, *IpAddress::parse("203.0.113.5"), 5060};
  const std::string device = ";+sip.instance=\"<urn:uuid:1>\";reg-id=1";
  const std::string supported = "Supported: path, outbound, gruu\r\n";

  /// What the relay makes of dave's REGISTER.
  Relay::SendTo registration(const Peer& from, const std::string& params, const std::string& fields,
                             const std::string& via = {}) {
    say(from, write({.method = "REGISTER",
                     .uri = "sip:example.net",
                     .from = "sip:dave@example.net",
                     .to = "sip:dave@example.net",
                     .fields = "Contact: <sip:dave@k3.invalid>" + params + "\r\n" + fields,
                     .via = via}));
    return take();
  }
  /// The Path of that.
  std::string path(const Peer& from, const std::string& params, const std::string& via = {}) {
    return values(registration(from, params, supported, via).bytes, HeaderName::path).front();
  }
  /// A request that the server sends to dave.
  void from_server(const std::string& path, const std::string& method = "MESSAGE",
                   const std::string& fields = {}) {
    say(server, write({.method = method,
                       .uri = "sip:dave@k3.invalid",
                       .from = "sip:erin@example.net",
                       .to = "sip:dave@example.net",
                       .fields = "Route: " + path + "\r\n" + fields}));
  }
};

}  // namespace relay::test
