#pragma once

#include <string_view>

#include "auth/bearer.h"
#include "auth/digest_client.h"
#include "base/random.h"
#include "message/message_view.h"
#include "transport/endpoint.h"
#include "ua/account.h"

namespace sip {

/// What one person's client shows of who it is: digests (RFC 3261 22) and a bearer token (RFC 8898). The
/// registrar and everyone else are kept apart, so that what the registrar asked for is not shown to all who
/// get a MESSAGE.
class ClientAuthentication {
 public:
  using Audience = BearerClient::Request;
  using Signature = DigestClient::Signature;
  using Verdict = DigestClient::Verdict;

  ClientAuthentication(const Account& account, Random random);

  /// A token that was asked for, and an answer to every digest challenge.
  Signature sign(Audience audience, const DigestedRequest& request, Protocol protocol);
  /// The same for a request that is only measured: nothing counts as used.
  Signature sign_on_trial(Audience audience, const DigestedRequest& request, Protocol protocol) const;
  /// Takes the challenges of a 401 or 407 to a request with that signature.
  Verdict challenged(const MessageView& response, Audience audience, const Signature& signature,
                     Protocol protocol);
  /// RFC 7616 3.5: whether a final response comes from somebody who knows the password.
  DigestClient::Authenticity confirmed(const MessageView& response, Audience audience,
                                       const Signature& signature);
  bool token_was_shown_to_registrar() const { return bearer_.was_shown_to_registrar(); }

 private:
  DigestClient& digest_for(Audience audience) {
    return audience == Audience::to_registrar ? for_registrar_ : for_others_;
  }

  DigestClient for_registrar_;
  DigestClient for_others_;
  BearerClient bearer_;
  bool answers_digest_;  ///< not where there is a token alone
};

}  // namespace sip
