#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "logic/connection_alias.h"
#include "logic/edge_proxy.h"
#include "logic/limits.h"
#include "transaction/timers.h"
#include "transport/endpoint.h"

namespace relay {

/// What may change while the relay runs.
struct AdjustableSettings {
  /// Where requests to other domains (lower case) go without asking the DNS: over UDP, TCP or TLS.
  std::map<std::string, sip::Endpoint, std::less<>> routes = {};
  /// The servers of other domains whose clients register through us.
  Upstreams upstreams = {};
  /// How long a message waits for a user who is not there; none: nothing is stored, and that stays so. Needs
  /// `authenticate`, or nobody is known.
  std::optional<sip::Seconds> keeps_messages_for = {};
  Limits limits = {};
  std::vector<sip::IpAddress> trusted = {};  ///< servers of others in our trust domain (RFC 3325)
  /// Who may begin anything with our users: known is who has signed in, or comes by a trusted server.
  enum class ReachableBy : std::uint8_t { anyone, known };
  ReachableBy reachable_by = ReachableBy::anyone;
};

struct Settings : AdjustableSettings {
  std::string domain = "localhost";  ///< the domain whose users are registered here; the digest realm too
  /// Further hosts that this relay is: names in lower case, and addresses that lead to it from outside. None
  /// is a domain of users. The first stands for every address in what others are told, or `domain` where
  /// there is none.
  std::vector<std::string> names = {};
  /// Of the machine, of the kinds that a listener is at all of.
  std::vector<sip::IpAddress> addresses = {};
  bool authenticate = true;              ///< digest for REGISTER and for whatever comes from our domain
  std::vector<sip::Endpoint> listeners;  ///< our own addresses; protocol tells which transport each serves
  sip::Seconds min_expires{60};          ///< shorter wishes get 423 (RFC 3261 10.3)
  sip::Seconds max_expires{3600};        ///< longer ones are shortened
  /// Whose messages are stored: those of strangers tell them that there is such a user.
  enum class KeepsMessagesOf : std::uint8_t { users, everyone };
  KeepsMessagesOf keeps_messages_of = KeepsMessagesOf::users;
  ConnectionAlias::Policy connection_reuse = ConnectionAlias::Policy::none;
  /// Of all requests that are forwarded and not answered yet, with their transactions; past it a new one gets
  /// 503. No more than the transaction layer has.
  std::size_t max_forwarded_bytes = std::size_t{512} << 20;
  /// What Record-Route and Path are signed with, the same after a restart; none: another one each time.
  std::optional<sip::Seed> route_key;
  sip::Timers timers;
};

}  // namespace relay
