#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "message/message_view.h"
#include "ua/outbound_proxy_set.h"

namespace sip {

/// Where a 3xx to REGISTER leads (RFC 3261 8.1.3.4, 21.3).
struct Redirection {
  std::optional<std::size_t> server;  ///< of the set; none: the registrar is reached over the same flow
  std::string registrar;              ///< the new Request-URI, without a user (10.2)

  /// The most preferred Contact that may be followed. A redirection is an order by whoever could answer, and
  /// following it hands over what signs for the person: digests that can be guessed at, or a bearer token. So
  /// only the account's own servers are, and registrars of its own domain, to which the request goes over the
  /// flow that it has; and never from sips to sip. `registrar` is the present Request-URI.
  static std::optional<Redirection> read(const MessageView& response, std::string_view registrar,
                                         const OutboundProxySet& servers);
};

}  // namespace sip
