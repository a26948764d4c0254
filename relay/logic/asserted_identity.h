#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "logic/edge_proxy.h"
#include "logic/local_domain.h"
#include "logic/request.h"
#include "logic/trust_domain.h"
#include "message/message.h"

namespace relay {

/// P-Asserted-Identity at the borders of the trust domain (RFC 3325).
class AssertedIdentity {
 public:
  enum class Senders : std::uint8_t {
    authenticated,  ///< whoever writes in the name of a user of the domain has shown to be them
    believed
  };
  AssertedIdentity(const LocalDomain& domain, const TrustDomain& trust, const EdgeProxy& edge,
                   Senders senders)
      : domain_(domain), trust_(trust), edge_(edge), senders_(senders) {}

  /// Of the copy of an admitted request that goes there: what untrusted senders assert goes; who of our users
  /// it is comes, for a trusted server; toward others nothing stays but by `Privacy: none`.
  void mark(sip::MessageEdit& edit, const Request& request, const sip::Peer& to) const;
  /// Of a response on its way from there to who asked.
  void pass(sip::MessageEdit& edit, const sip::MessageView& response, const sip::Peer& from,
            const sip::Peer& to) const;
  /// The user of the domain whose request this is, as far as the relay answers for that; else empty. Borrowed
  /// from the request, with its escapes.
  std::string_view user(const Request& request) const;

 private:
  bool may_stay(const sip::MessageView& message, const sip::Peer& from, const sip::Peer& to) const;
  std::optional<std::string> identity(const Request& request) const;

  const LocalDomain& domain_;
  const TrustDomain& trust_;
  const EdgeProxy& edge_;
  Senders senders_;
};

}  // namespace relay
