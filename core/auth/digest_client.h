#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/digest.h"
#include "auth/digest_challenge.h"
#include "base/random.h"
#include "message/message_view.h"

namespace sip {

struct Credentials {
  std::string username;
  std::string password;
};

/// Answers the challenges of a server and of the proxies before it, signs later requests with the nonces it
/// already has, and checks that who answers knows the password too. The generator must be the client's own
/// (Random::split), or its cnonces repeat what others drew.
class DigestClient {
 public:
  /// Proxies in a row that each want credentials for a realm of their own. Each costs a request about 250
  /// bytes; past the limit the realm that was asked for first is forgotten.
  static constexpr std::size_t max_proxy_realms = 4;
  /// Realms that are remembered to have asked for better than MD5, the first ones: whoever asks in ever new
  /// names has none forgotten. A person's own servers have a few.
  static constexpr std::size_t max_strict_realms = 64;

  DigestClient(Credentials credentials, Random random)
      : credentials_(std::move(credentials)), random_(random) {}

  struct Field {
    HeaderName name;
    std::string value;
  };
  /// What one answer was made of.
  struct Proof {
    HeaderName name;  ///< authorization or proxy_authorization
    std::string realm;
    DigestAlgorithm algorithm;
    DigestQop qop;
    std::string ha1;  ///< H(A1)
    std::string uri;
    std::string nonce;
    std::string nonce_count;
    std::string cnonce;
  };
  /// The header fields to add to a request, and what is needed to judge the response to it.
  struct Signature {
    std::vector<Field> fields;
    std::vector<Proof> proofs;
  };
  /// Signs for every realm that has asked: one Authorization, and a Proxy-Authorization for each realm of a
  /// proxy (RFC 3261 22.3). Nothing before the first challenge.
  Signature sign(const DigestedRequest& request);

  enum class Verdict : std::uint8_t {
    retry,        ///< resend the request, signed anew
    refused,      ///< the same credentials were refused, not merely stale (RFC 3261 22.1): asking again is
                  ///< pointless
    unsupported,  ///< no challenge that we can answer
  };
  /// Takes the challenges of a 401 or 407, of servers and of proxies together; `sent` is the signature of the
  /// request that was refused. In each realm the strongest algorithm is taken, and of equals the first (RFC
  /// 8760 2.4: our policy stands before the server's order). Of the realms of servers the first that we can
  /// answer is taken (2.4), of those of proxies every one. Server faults can make this `retry` again and
  /// again with ever new stale nonces: the caller limits how often one request is resent.
  Verdict challenged(const MessageView& response, const Signature& sent);
  /// Remembers the realms that ask for better than MD5 in a response to a request of another client of the
  /// same person; challenged() does so by itself. None of them is answered with MD5 any more, whoever asks in
  /// its name: that looks like a downgrade (RFC 8760 3).
  void take_notice(const MessageView& response);

  enum class Authenticity : std::uint8_t {
    unproven,  ///< the response says nothing of itself, as RFC 7616 3.5 allows
    proven,    ///< rspauth is right: who answers knows the password
    forged,    ///< rspauth is wrong: what it says must not be believed
  };
  /// Checks Authentication-Info and Proxy-Authentication-Info of a 2xx, and takes the nonces they announce
  /// (RFC 7616 3.5). `sent` is the signature of the request that is answered.
  Authenticity confirmed(const MessageView& response, const Signature& sent);

 private:
  /// The authentication session of RFC 7616 3.6: it lasts until the realm sends another challenge.
  struct Session {
    HeaderName name;  ///< of the field that answers
    DigestChallenge challenge;
    std::uint32_t nonce_count = 0;  ///< how often the nonce was used
    std::string ha1;                ///< H(A1), once there was an answer
    std::string cnonce;             ///< of a session variant: that which H(A1) is made with
  };
  std::vector<DigestChallenge> strongest(const MessageView& response, HeaderName name) const;
  bool is_downgrade(const DigestChallenge& challenge) const;
  Verdict take(HeaderName name, DigestChallenge challenge, const Signature& sent);
  void keep(Session session);
  Session* find(HeaderName name, std::string_view realm);
  Proof prove(Session& session, const DigestedRequest& request);
  Authenticity check(HeaderName name, std::string_view info, const MessageView& response,
                     const Signature& sent);

  Credentials credentials_;
  Random random_;
  std::vector<Session> sessions_;  ///< at most one of a server and max_proxy_realms; the newest last
  std::vector<std::string> strict_realms_;
};

}  // namespace sip
