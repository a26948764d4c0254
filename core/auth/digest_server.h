#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/digest_client.h"
#include "base/random.h"
#include "base/time.h"
#include "message/auth_params.h"

namespace sip {

/// What a registrar keeps of a password: H(user:realm:password) for each algorithm, never the password (RFC
/// 7616 3.4.2).
struct StoredDigest {
  std::string ha1_md5;
  std::string ha1_sha256;
};

/// Challenges requests and checks their answers (RFC 7616, RFC 8760). Nonces carry their own time and
/// signature, so that none has to be remembered; only the counts already seen are, in a bounded window. Their
/// time is of the monotonic line: setting the clock revives no old nonce.
class DigestServer {
 public:
  static constexpr Seconds nonce_lifetime{300};
  static constexpr std::size_t max_nonces_watched = 16384;  ///< about 150 bytes each; the oldest goes first

  DigestServer(std::string realm, Random random, std::size_t nonces_watched = max_nonces_watched);

  const std::string& realm() const { return realm_; }
  /// By preference, as RFC 8760 2.3 wants them listed.
  static constexpr std::array strongest_first{DigestAlgorithm::sha256, DigestAlgorithm::md5};
  /// One challenge value for each algorithm, each for a header field of its own.
  std::vector<std::string> challenges(Now now, bool stale,
                                      std::span<const DigestAlgorithm> algorithms = strongest_first);

  enum class Verdict : std::uint8_t { accepted, stale, refused, malformed };
  /// Judges Authorization or Proxy-Authorization. `stale`: the password is right, but the nonce is old, used
  /// up or not ours (as after a restart). `refused`: wrong password, no such user (`stored` is empty), or
  /// credentials for another scheme or realm. `malformed` is a 400 (RFC 7616 3.4, 3.4.6): a parameter is
  /// missing or improper, qop is not the "auth" that was offered, or uri is not the Request-URI as received.
  Verdict verify(Now now, const AuthParams& authorization, std::string_view method,
                 std::string_view request_uri, const StoredDigest& stored);

 private:
  std::string make_nonce(Now now);
  std::string signature(std::string_view unsigned_part) const;
  bool is_own_nonce(std::string_view nonce) const;
  bool count_is_new(Now now, std::string_view nonce, std::uint32_t count);
  void forget_oldest();

  struct Window {
    std::uint32_t highest = 0;
    std::uint64_t seen = 0;  ///< bit i: highest - i was used
  };
  std::string realm_;
  std::string secret_;
  Random random_;
  std::size_t nonces_watched_;
  /// A nonce begins with its time, so that the order of keys is the order of issue.
  std::map<std::string, Window, std::less<>> windows_;
  /// Whether a nonce up to this one was used is no longer known, unless it has a window.
  std::string newest_forgotten_;
};

}  // namespace sip
