#pragma once

#include <optional>
#include <string>

#include "logic/familiar_places.h"
#include "logic/limits.h"
#include "logic/location.h"
#include "logic/rate_limit.h"
#include "logic/record_route.h"
#include "logic/request.h"
#include "logic/trust_domain.h"

namespace relay {

/// How many requests are taken from one sender, and how many wrong passwords. What is too much gets 503 with
/// Retry-After (RFC 3261 21.5.4): whoever waits for so long loses nothing. Users who do not exist are counted
/// like those who do.
class RequestLimits {
 public:
  RequestLimits(const Limits& limits, const Location& location, const TrustDomain& trust,
                const RecordRoute& record_route)
      : location_(location),
        trust_(trust),
        record_route_(record_route),
        requests_(limits.messages),
        wrong_passwords_(limits.wrong_passwords),
        wrong_passwords_of_source_(limits.wrong_passwords_of_source) {}

  void allow(const Limits& limits);

  /// A request with credentials of `user`: whether they may be looked at, before anything is asked of a store
  /// or hashed. Guesses are counted by user and by source. The user's count keeps nobody out who has signed
  /// in from the same source of late, and neither does who is registered by the very connection. How much the
  /// user has sent is nobody's business who has not shown the password: it tells that there is such a user.
  struct Claim {
    std::optional<Answer> refusal = {};
    /// Otherwise whoever is behind that source could tell which users sign in from there, who are not
    /// refused: the password is looked at and counts as wrong.
    bool may_be_told = true;
  };
  Claim claim(sip::Now now, const Request& request, const std::string& user) const;
  /// The password was wrong, or there is no such user. Past the user's limit that keeps the user out no
  /// longer: neighbours might go on for hours.
  void wrong_password(sip::Now now, const sip::Peer& from, const std::string& user);
  /// It was wrong by the word of another server, which may have been asked often before it has said so once.
  void wrong_password_elsewhere(sip::Now now, const sip::Peer& from, const std::string& user);
  /// It was right, by the word of another server, who counts what the user sends.
  void right_password(sip::Now now, const sip::Peer& from, const std::string& user);
  /// The password was right: whether the user may send this, too.
  std::optional<Answer> take_from_user(sip::Now now, const Request& request, const std::string& user);
  /// Whether a stranger may send this. Those are counted by source, but for the many whom a trusted server
  /// brings.
  std::optional<Answer> take_from_stranger(sip::Now now, const Request& request);
  /// Whether a keep-alive over UDP is to be answered. For whoever forges the address that it comes from, the
  /// answer is a stone to be thrown at that address.
  bool take_keep_alive(sip::Now now, const sip::Peer& from);
  /// Likewise, whether somebody who has shown nothing is told over UDP what they are refused.
  bool take_refusal(sip::Now now, const sip::Peer& from);

 private:
  /// Of a source: each phone sends two a minute (RFC 5626 4.4.2), and thousands may be behind one NAT.
  static constexpr Allowance keep_alives{6000, sip::Seconds(60)};
  static constexpr std::size_t max_kept_alive = 8192;
  /// Of a source: each phone is challenged once for each request that it signs.
  static constexpr Allowance refusals{6000, sip::Seconds(60)};
  static constexpr std::size_t max_refused = 8192;

  void wrong_password_from(sip::Now now, const sip::Peer& from);
  bool take_datagram(sip::Now now, const sip::Peer& from, RateLimit& limit) const;
  std::string bucket_of(const Request& request, const std::string& sender) const;
  std::optional<std::string> source_of_stranger(const sip::Peer& peer) const;
  bool is_registered_by(const sip::Peer& peer, const std::string& user) const;
  std::optional<Answer> take(sip::Now now, const Request& request, const std::string& sender);

  const Location& location_;
  const TrustDomain& trust_;
  const RecordRoute& record_route_;
  RateLimit requests_;
  RateLimit wrong_passwords_;
  RateLimit wrong_passwords_of_source_;
  RateLimit keep_alives_{keep_alives, max_kept_alive};
  RateLimit refusals_{refusals, max_refused};
  FamiliarPlaces familiar_;
};

}  // namespace relay
