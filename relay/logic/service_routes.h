#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "logic/edge_proxy.h"
#include "logic/local_domain.h"
#include "logic/request.h"
#include "message/uri.h"

namespace relay {

/// Where the upstreams want requests of their clients to enter, as they said by Service-Route (RFC 3608 6.3):
/// of several servers that one which has the registration.
class ServiceRoutes {
 public:
  /// Of an upstream; the one that it has not named for longest is forgotten first. Until it is named again
  /// its clients go by the upstream's own URI.
  static constexpr std::size_t max_routes = 200;
  /// Bytes of a URI; a longer one is not kept.
  static constexpr std::size_t max_size = 500;

  ServiceRoutes(const EdgeProxy& edge, const LocalDomain& domain) : edge_(edge), domain_(domain) {}

  /// A request goes to an upstream now, and is known by that name until it is answered.
  void forwarded(sip::TransactionId name, const Request& request);
  /// The final response; empty where none came.
  void answered(sip::TransactionId name, std::string_view response);
  /// The first Route beyond us, if the upstream has named it. Borrowed from the request.
  std::optional<sip::Uri> followed(const Request& request, const std::string& upstream) const;
  /// Forgets what those have named that are none any more.
  void upstreams_changed();

 private:
  std::optional<sip::Uri> first_beyond(const sip::MessageView& message, sip::HeaderName name) const;

  const EdgeProxy& edge_;
  const LocalDomain& domain_;
  std::unordered_map<sip::TransactionId, std::string> registrations_;  ///< under way, with their upstream
  std::map<std::string, std::deque<std::string>> named_;  ///< by upstream, the one named last at the end
};

}  // namespace relay
