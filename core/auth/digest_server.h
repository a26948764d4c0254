#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/digest.h"
#include "base/random.h"
#include "base/time.h"
#include "message/auth_params.h"

namespace sip {

/// What a registrar keeps of a password: H(user:realm:password) for each hash, never the password (RFC 7616
/// 3.4.2). An empty one lets nobody in by that hash.
struct StoredDigest {
  std::string ha1_md5 = {};
  std::string ha1_sha256 = {};
  std::string ha1_sha512_256 = {};

  static StoredDigest of(std::string_view username, std::string_view realm, std::string_view password);
  /// A session variant begins with the same as what it varies.
  const std::string& ha1(DigestAlgorithm algorithm) const;
};

/// Challenges requests and checks their answers (RFC 7616, RFC 8760). Nonces carry their own time and
/// signature, so that none has to be remembered; only the counts already seen are, in a bounded window. Their
/// time is of the monotonic line: setting the clock revives no old nonce.
class DigestServer {
 public:
  static constexpr Seconds nonce_lifetime{300};
  static constexpr std::size_t max_nonces_watched = 16384;  ///< about 150 bytes each; the oldest goes first
  /// A longer cnonce is not remembered as that of a session: ours have 16 characters, RFC 7616's 44.
  static constexpr std::size_t max_session_cnonce = 64;

  DigestServer(std::string realm, Random random, std::size_t nonces_watched = max_nonces_watched);

  const std::string& realm() const { return realm_; }
  /// By preference, as RFC 8760 2.3 wants them listed. Why SHA-512-256 is not among them: docs/adr/0004.
  static constexpr std::array strongest_first{DigestAlgorithm::sha256, DigestAlgorithm::md5};
  /// One challenge value for each algorithm, each for a header field of its own. Their nonce is of use to
  /// `holder` alone, by whatever name.
  std::vector<std::string> challenges(Now now, bool stale,
                                      std::span<const DigestAlgorithm> algorithms = strongest_first,
                                      std::string_view holder = {});

  enum class Verdict : std::uint8_t { accepted, stale, refused, malformed };
  struct Judgement {
    Verdict verdict;
    /// When accepted: the value of Authentication-Info for a 2xx without a body, which shows that we know the
    /// password too (RFC 7616 3.5). Empty for an answer without qop, whose sender knows no such field (RFC
    /// 3261 22.4).
    std::string authentication_info = {};
  };
  /// Judges Authorization or Proxy-Authorization, by whichever algorithm of ours and whichever qop it came.
  /// `stale`: the password is right, but the nonce is old, used up or not ours (as after a restart).
  /// `refused`: wrong password, no such user (`stored` is empty), or credentials for another scheme or realm.
  /// `malformed` is a 400 (RFC 7616 3.4, 3.4.6): a parameter is missing or improper, or uri is not the
  /// Request-URI as received.
  Judgement verify(Now now, const AuthParams& authorization, const DigestedRequest& request,
                   const StoredDigest& stored, std::string_view holder = {});
  /// Whether it was issued to that holder, however long ago.
  bool is_own_nonce(std::string_view nonce, std::string_view holder) const;

 private:
  struct Answer;
  static std::optional<Answer> read(const AuthParams& authorization, std::string_view request_uri);
  std::optional<std::string> proven_ha1(const Answer& answer, const DigestedRequest& request,
                                        const StoredDigest& stored) const;
  std::string authentication_info(Now now, const Answer& answer, std::string_view uri, std::string_view ha1,
                                  std::string_view holder);
  std::string make_nonce(Now now, std::string_view holder);
  std::string signature(std::string_view unsigned_part, std::string_view holder) const;
  bool count_is_new(Now now, std::string_view nonce, std::uint32_t count);
  void remember_session(const Answer& answer);
  void forget_oldest();

  struct Window {
    std::uint32_t highest = 0;
    std::uint64_t seen = 0;  ///< bit i: highest - i was used
    /// The cnonce first sent with this nonce under a session variant: all later A1 are made with it.
    std::string session_cnonce = {};
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
