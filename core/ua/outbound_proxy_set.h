#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "message/uri.h"

namespace sip {

/// How long to wait where a flow could not be formed (RFC 5626 4.5). The defaults are the RFC's, right for
/// what comes back by the thousand with nobody watching; a person who waits in front of it sets shorter ones,
/// as 4.5 allows.
struct FlowRecovery {
  Milliseconds base_time{30'000};  ///< "if all failed": one flow at a time means that all have
  Milliseconds max_time{1'800'000};
};

/// The servers of an account in order of preference (the outbound-proxy-set of RFC 5626 4.2.1), which of them
/// is used, and which of them have failed.
class OutboundProxySet {
 public:
  /// `hosts` are "host" or "host:port"; none means one server that has no name.
  OutboundProxySet(const std::vector<std::string>& hosts, FlowRecovery recovery, Random random);

  /// Index of the server in use, or to use next.
  std::size_t current() const { return current_; }
  /// The flow to the current server failed. Turns to the next one, and tells how long to wait before it is
  /// tried: not at all while there is one that has not failed since the last success.
  Milliseconds failed(Instant now);
  /// A flow was successful as 4.5 has it: registered, and a keep-alive answered where there are any. The next
  /// one begins with the preferred server, and with a short wait.
  void succeeded();
  /// Forgets failures, not what servers asked for; tells how long to wait.
  Milliseconds forgive(Instant now);
  /// W of 4.5, of it 50 to 100 percent; the next one is twice as long.
  Milliseconds back_off();
  unsigned failures() const { return failures_; }

  /// Retry-After of the current server.
  void rest_until(Instant time) { servers_[current_].rests_until = time; }
  bool is_resting(Instant now) const { return is_resting(servers_[current_], now); }
  bool has_alternative(Instant now) const;

  /// The server of that host and port, if it is listed; without a port, the first of that host.
  std::optional<std::size_t> find(const Uri& uri) const;
  void turn_to(std::size_t server) { current_ = server; }

 private:
  struct Server {
    std::string host;
    bool has_failed = false;
    Deadline rests_until;
  };
  static bool is_resting(const Server& server, Instant now) {
    return server.rests_until && *server.rests_until > now;
  }
  Milliseconds choose(Instant at, Instant now);

  std::vector<Server> servers_;
  FlowRecovery recovery_;
  Random random_;
  std::size_t current_ = 0;
  unsigned failures_ = 0;  ///< "consecutive-failures": how often all have failed
};

}  // namespace sip
