#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "logic/flow_token.h"
#include "logic/local_domain.h"
#include "logic/request.h"
#include "transport/endpoint.h"

namespace relay {

/// By domain (lower case, or any_domain) the URI of the server that registers its clients.
using Upstreams = std::map<std::string, std::string, std::less<>>;
inline constexpr std::string_view any_domain = "*";

/// What the relay is to other domains: the first proxy of their clients, who register with a server behind it
/// (RFC 5626 5). It remembers nothing of them: the Path of a registration holds the client's flow, signed.
class EdgeProxy {
 public:
  EdgeProxy(const LocalDomain& domain, Upstreams upstreams, const FlowToken& token)
      : domain_(domain), upstreams_(std::move(upstreams)), token_(token) {}

  void use(Upstreams upstreams) { upstreams_ = std::move(upstreams); }

  /// The server of the domain that a URI is in; none where we are no edge proxy of it.
  const std::string* upstream_of(const sip::Uri& uri) const;
  /// Likewise, but for a domain that is named as such.
  const std::string* upstream_of_named(const sip::Uri& uri) const;

  /// The domain (or any_domain) whose server a request with this next hop goes to, which may be named by its
  /// domain or by its own host; none where that is no such server.
  const std::string* domain_at(const sip::Uri& next_hop) const;

  /// Whether one is at this URI, as it is written in the settings.
  bool has_upstream(std::string_view server) const;

  /// Which way a request passes the edge.
  enum class Crossing : std::uint8_t {
    none,
    up,     ///< a client's, to the server of its domain
    down,   ///< by our Path, to a client
    forged  ///< by a Path that we have not made
  };
  Crossing crossing(const Request& request) const;
  bool is_descent(const Request& request) const { return crossing_by_path(request) == Crossing::down; }

  /// The value for the Path of a REGISTER that goes upstream to `server` (RFC 3327 5.2, RFC 5626 5.1).
  std::string path(const Request& request, const sip::Peer& server) const;

  /// What our Path in the Route names.
  struct Descent {
    sip::Peer to;
    bool is_outbound = false;  ///< by a registration as RFC 5626 has it, of which there may be another flow
  };
  /// None where the Route has no genuine Path of ours.
  std::optional<Descent> descent(const Request& request) const;

 private:
  Crossing crossing_by_path(const Request& request) const;

  const LocalDomain& domain_;
  Upstreams upstreams_;
  FlowToken token_;
};

}  // namespace relay
