#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "message/message_view.h"

namespace sip {

enum class DigestAlgorithm : std::uint8_t { md5, sha256 };

/// As the algorithm parameter writes it: "MD5", "SHA-256" (RFC 8760 2.1).
std::string_view to_text(DigestAlgorithm algorithm);
/// Without case; an absent parameter means MD5 (RFC 7616 3.3), so "" is MD5. None for one we do not know.
std::optional<DigestAlgorithm> parse_digest_algorithm(std::string_view text);

struct Credentials {
  std::string username;
  std::string password;
};

/// The response of RFC 7616 3.4.1 for qop=auth, or RFC 2069's when qop is empty. `ha1` is
/// H(user:realm:password).
struct DigestInput {
  DigestAlgorithm algorithm = DigestAlgorithm::md5;
  std::string_view ha1;
  std::string_view method;
  std::string_view uri;
  std::string_view nonce;
  std::string_view nonce_count;  ///< eight hexadecimal digits
  std::string_view cnonce;
  std::string_view qop;
};
std::string digest_response(const DigestInput& input);
std::string digest_ha1(DigestAlgorithm algorithm, std::string_view username, std::string_view realm,
                       std::string_view password);

/// Answers the challenges of one server or proxy, and signs later requests with the nonce it already has.
/// 401 and 407 are kept apart, each with one realm; a new challenge replaces the old one. The generator must
/// be the client's own (Random::split), or its cnonces repeat what others drew.
class DigestClient {
 public:
  DigestClient(Credentials credentials, Random random)
      : credentials_(std::move(credentials)), random_(random) {}

  enum class Verdict : std::uint8_t {
    retry,        ///< resend the request with authorization()
    refused,      ///< the same credentials were refused, not merely stale (RFC 7616 3.5): asking again is
                  ///< pointless
    unsupported,  ///< no challenge that we can answer
  };
  /// Takes the challenges of a 401 or 407. `signed_before` tells whether the refused request carried
  /// authorization() already. The first realm with a challenge that we can answer is taken, and in it the
  /// strongest algorithm (RFC 8760 2.4: our policy stands before the server's order). A realm that has asked
  /// for SHA-256 is not answered with MD5 until reset(). Server faults can make this `retry` again and again
  /// with ever new stale nonces: the caller limits how often one request is resent.
  Verdict challenged(const MessageView& response, bool signed_before);

  /// The header fields to add to a request with this method and Request-URI: none before the first challenge.
  struct Field {
    HeaderName name;
    std::string value;
  };
  std::vector<Field> authorization(std::string_view method, std::string_view request_uri);
  /// Forgets every challenge, as after a change of server.
  void reset();

 private:
  struct Challenge {
    std::string realm;
    std::string nonce;
    std::optional<std::string> opaque;
    DigestAlgorithm algorithm = DigestAlgorithm::md5;
    bool with_qop = false;
    bool explicit_algorithm = false;
    bool stale = false;
    std::uint32_t nonce_count = 0;  ///< how often the nonce was used
  };
  static std::optional<Challenge> read_challenge(std::string_view value);
  static std::optional<Challenge> strongest(const MessageView& response, HeaderName name);
  static Verdict take(const MessageView& response, HeaderName name, bool signed_before,
                      std::optional<Challenge>& current);
  std::string sign(Challenge& challenge, std::string_view method, std::string_view request_uri);

  Credentials credentials_;
  Random random_;
  std::optional<Challenge> server_;  ///< from 401
  std::optional<Challenge> proxy_;   ///< from 407
};

}  // namespace sip
