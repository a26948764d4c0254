#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sip {

/// The algorithms of RFC 7616 3.3, each hash with its session variant.
enum class DigestAlgorithm : std::uint8_t { md5, md5_sess, sha256, sha256_sess, sha512_256, sha512_256_sess };

/// As the algorithm parameter writes it: "MD5", "SHA-512-256-sess" (RFC 8760 2.7).
std::string_view to_text(DigestAlgorithm algorithm);
/// Without case; an absent parameter means MD5 (RFC 7616 3.3), so "" is MD5. None for one we do not know.
std::optional<DigestAlgorithm> parse_digest_algorithm(std::string_view text);

/// What is hashed apart from the variant: for "SHA-256-sess" that is "SHA-256".
DigestAlgorithm without_session(DigestAlgorithm algorithm);
inline bool is_session(DigestAlgorithm algorithm) { return algorithm != without_session(algorithm); }

/// A rank: MD5 below SHA-256 below SHA-512-256; a session variant is no stronger than what it varies.
int strength(DigestAlgorithm algorithm);
/// MD5, which is there for old peers alone (RFC 8760 3).
inline bool is_obsolete(DigestAlgorithm algorithm) {
  return without_session(algorithm) == DigestAlgorithm::md5;
}

/// H(username:realm:password): what A1 is, or begins with, and what servers keep (RFC 7616 3.4.2).
std::string digest_ha1(DigestAlgorithm algorithm, std::string_view username, std::string_view realm,
                       std::string_view password);
/// H(A1): for a session variant it takes the nonce of the challenge and the cnonce first sent in answer to it
/// (RFC 7616 3.4.2), for any other algorithm it is `ha1` itself.
std::string digest_session_ha1(DigestAlgorithm algorithm, std::string_view ha1, std::string_view nonce,
                               std::string_view cnonce);
/// What stands for the username where the server asks for userhash (RFC 7616 3.4.4).
std::string digest_userhash(DigestAlgorithm algorithm, std::string_view username, std::string_view realm);

/// The request that an answer is bound to.
struct DigestedRequest {
  std::string_view method;
  std::string_view uri;   ///< the Request-URI as sent
  std::string_view body;  ///< the entity-body as sent; only qop=auth-int protects it
};

/// What the response of RFC 7616 3.4.1 is made of, or that of RFC 2069 when qop is empty.
struct DigestInput {
  DigestAlgorithm algorithm = DigestAlgorithm::md5;
  std::string_view ha1;     ///< H(A1): digest_session_ha1()
  std::string_view method;  ///< empty for rspauth (RFC 7616 3.5)
  std::string_view uri;
  std::string_view nonce;
  std::string_view nonce_count;  ///< eight hexadecimal digits
  std::string_view cnonce;
  std::string_view qop;               ///< empty, "auth" or "auth-int", as written
  std::string_view entity_body = {};  ///< of what is protected; counts for "auth-int"
};
std::string digest_response(const DigestInput& input);

}  // namespace sip
