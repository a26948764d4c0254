#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "auth/digest_client.h"
#include "base/random.h"
#include "base/time.h"
#include "message/auth_params.h"

namespace sip {

/// What a registrar keeps of a password: H(user:realm:password) for each algorithm, never the password (RFC 7616 3.4.2).
struct StoredDigest {
  std::string ha1_md5;
  std::string ha1_sha256;
};

/// Challenges requests and checks their answers (RFC 7616, RFC 8760). Nonces carry their own time and signature,
/// so that none has to be remembered; only the counts already seen are, in a bounded window.
class DigestServer {
 public:
  static constexpr Seconds nonce_lifetime{300};
  static constexpr std::size_t max_nonces_watched = 16384;  ///< 24 bytes each and its nonce; the oldest goes first

  DigestServer(std::string realm, Random random);

  const std::string& realm() const { return realm_; }
  /// Challenge values, strongest first: one for SHA-256, one for MD5 (RFC 8760 2.3), each for a header field of its own.
  std::vector<std::string> challenges(Now now, bool stale);

  enum class Verdict : std::uint8_t { accepted, stale, refused, malformed };
  /// Judges Authorization or Proxy-Authorization. `stale` means right in form but with an old or reused nonce;
  /// malformed is a 400 (RFC 7616 3.4.6). The uri parameter must equal the Request-URI as received.
  Verdict verify(Now now, const AuthParams& authorization, std::string_view method, std::string_view request_uri,
                 const StoredDigest& stored);

 private:
  std::string make_nonce(Now now);
  bool is_own_nonce(std::string_view nonce) const;
  bool is_fresh(Now now, std::string_view nonce) const;
  bool count_is_new(std::string_view nonce, std::uint32_t count);

  struct Window {
    std::uint32_t highest = 0;
    std::uint64_t seen = 0;  ///< bit i: highest - i was used
  };
  std::string realm_;
  std::string secret_;
  Random random_;
  std::unordered_map<std::string, Window> windows_;
  std::deque<std::string> oldest_first_;
};

}  // namespace sip
