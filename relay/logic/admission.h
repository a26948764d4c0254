#pragma once

#include <cstdint>
#include <optional>

#include "logic/edge_proxy.h"
#include "logic/local_domain.h"
#include "logic/record_route.h"
#include "logic/request.h"

namespace relay {

/// What the relay is to a request that it may deal with at all.
enum class Role : std::uint8_t {
  registrar,  ///< REGISTER for our domain
  server,     ///< a request to the relay itself, such as OPTIONS
  home,       ///< for a user of our domain
  dialog,     ///< to who is at the other end of a dialog that was formed by way of us
  outbound,   ///< from a user of ours to somewhere else
  upstream,   ///< from a client of a domain whose edge proxy we are, to its server
  client,     ///< to such a client
};

struct Admission {
  Role role = Role::server;
  bool must_authenticate = false;      ///< it claims to be from one of our users and does not show it
  std::optional<Answer> refusal = {};  ///< instead of everything else
};

/// Whom a request within a dialog is for, of our users.
enum class Addressee : std::uint8_t { other_end, anybody };

/// What the request line alone asks for (RFC 3261 7.1, 16.3 steps 1 and 2): 505, 400, 414 or 416.
std::optional<Answer> refuse_request_line(const sip::MessageView& message);

/// Request validation (RFC 3261 16.3) and the policy of a relay that is open to nobody: strangers reach our
/// users and nothing else, and who has a dialog with them goes on with that; the clients of other domains,
/// whom we can't ask who they are, reach the server that can. `passage` and `crossing` are what the request's
/// Route shows. It stands in for a password where the request goes to the other end of that very dialog.
Admission admit(const Request& request, const LocalDomain& domain,
                const std::optional<RecordRoute::Passage>& passage, Addressee addressee,
                EdgeProxy::Crossing crossing);

}  // namespace relay
