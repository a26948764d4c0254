#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "auth/digest.h"

namespace sip {

enum class DigestQop : std::uint8_t { auth, auth_int };
/// As qop writes it (RFC 7616 3.3).
std::string_view to_text(DigestQop qop);
/// One qop-value, without case.
std::optional<DigestQop> parse_digest_qop(std::string_view text);

/// The value of one WWW-Authenticate or Proxy-Authenticate (RFC 7616 3.3), as far as a client needs it.
struct DigestChallenge {
  std::string realm;
  std::string nonce;
  std::optional<std::string> opaque;
  DigestAlgorithm algorithm = DigestAlgorithm::md5;
  DigestQop qop = DigestQop::auth;  ///< what to answer with
  bool names_algorithm = false;     ///< else MD5 is meant, and not named in answers either
  bool is_stale = false;
  bool wants_userhash = false;

  /// None for another scheme, for an algorithm or qop that is not known, and where realm or nonce is missing:
  /// RFC 7616 3.3, RFC 8760 2.4: such a challenge is ignored, another one may follow.
  static std::optional<DigestChallenge> parse(std::string_view value);
};

}  // namespace sip
