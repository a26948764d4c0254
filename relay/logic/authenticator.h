#pragma once

#include <optional>
#include <string>

#include "auth/digest_server.h"
#include "logic/request.h"
#include "message/message.h"

namespace relay {

/// Asks senders who claim to be of our domain for the proof (RFC 3261 22).
class Authenticator {
 public:
  Authenticator(const std::string& realm, sip::Random random) : digest_(realm, random) {}

  /// The user name in the credentials for our realm; none when there are none.
  std::optional<std::string> claimed_user(const Request& request) const;
  /// 401 for REGISTER, which the registrar answers as a UAS; 407 for the rest (22.2, 22.3).
  Answer challenge(sip::Now now, const Request& request, bool is_stale = false);
  /// Whether it comes over UDP with a nonce that was not issued to its source: anybody can write another's
  /// address into a datagram, but does not see what is answered there.
  bool is_nonce_made_up(const Request& request) const;
  struct Outcome {
    std::optional<Answer> refusal = {};
    bool is_wrong_password = false;  ///< why it is refused; or there is no such user
    /// Without a refusal: what to add to our own 2xx, to prove that we know the password too.
    Fields proof = {};
  };
  /// No refusal when the credentials are right and are those of the user whom the request speaks for;
  /// `stored` is empty for an unknown user, who is answered like a wrong password.
  Outcome verify(sip::Now now, const Request& request, const sip::StoredDigest& stored);
  /// Whether credentials or a challenge are of our realm.
  bool is_own_realm(std::string_view value) const;
  /// Takes both from a message that is passed on. Nobody but the relay judges passwords of its realm (22.3):
  /// whoever else asks for one would hand it in here, with a nonce of ours.
  void withhold(sip::MessageEdit& edit, const sip::MessageView& message) const;

 private:
  std::optional<sip::AuthParams> credentials(const Request& request) const;

  sip::DigestServer digest_;
};

/// Whom a request speaks for: To in a REGISTER (RFC 3261 10.3 step 4), From in any other.
const sip::Uri& speaker(const Request& request);

}  // namespace relay
