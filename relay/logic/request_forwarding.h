#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "logic/asserted_identity.h"
#include "logic/authenticator.h"
#include "logic/connection_alias.h"
#include "logic/edge_proxy.h"
#include "logic/local_domain.h"
#include "logic/record_route.h"
#include "logic/request.h"
#include "logic/target.h"
#include "message/message.h"
#include "message/uri.h"

namespace relay {

/// Writes the copies of a request that go to its targets (RFC 3261 16.6 steps 1 to 9).
class RequestForwarding {
 public:
  RequestForwarding(const LocalDomain& domain, const Authenticator& authenticator,
                    const RecordRoute& record_route, const EdgeProxy& edge, const AssertedIdentity& identity,
                    const ConnectionAlias& alias, sip::Random random)
      : domain_(domain),
        authenticator_(authenticator),
        record_route_(record_route),
        edge_(edge),
        identity_(identity),
        alias_(alias),
        key_(random.token(32)) {}

  /// `branch` is that of our Via, `breadth` the Max-Breadth of this copy.
  std::string copy(const Request& request, const Target& target, std::string_view branch,
                   unsigned breadth) const;
  /// Without a transaction, as an ACK for a 2xx goes: each repeat gets the same branch (16.11).
  std::string stateless_copy(const Request& request, const Target& target) const;

  /// The Request-URI that leaves our domain.
  static std::string onward_uri(const Request& request);
  /// The URI that leads a request out of our domain: its first Route to elsewhere, else its Request-URI (step
  /// 7). Borrowed from these; none where a Route is malformed.
  std::optional<sip::Uri> next_hop(const Request& request, const sip::Uri& request_uri) const;

 private:
  void add_path(const Request& request, const sip::Peer& server, sip::MessageEdit& edit) const;
  /// Request-URI and Route as they go on.
  struct Routing {
    std::string request_uri;
    std::string route;        ///< the whole field
    bool is_changed = false;  ///< the Route; else it goes on as it came
  };
  Routing routing_of(const Request& request, const Target& target) const;

  const LocalDomain& domain_;
  const Authenticator& authenticator_;
  const RecordRoute& record_route_;
  const EdgeProxy& edge_;
  const AssertedIdentity& identity_;
  const ConnectionAlias& alias_;
  std::string key_;  ///< of stateless branches
};

}  // namespace relay
