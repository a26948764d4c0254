#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/digest_server.h"
#include "base/random.h"
#include "base/time.h"
#include "transaction/timers.h"
#include "transport/endpoint.h"

namespace relay {

/// Names a question until it is answered.
enum class JobId : std::uint64_t {};

struct Settings {
  std::string domain = "localhost";      ///< the domain whose users are registered here; also the digest realm
  bool authenticate = true;              ///< digest for REGISTER and for MESSAGE from our domain
  std::vector<sip::Endpoint> listeners;  ///< our own addresses, for Via; protocol tells which transport each serves
  sip::Seconds min_expires{60};          ///< shorter wishes get 423 (RFC 3261 10.3)
  sip::Seconds max_expires{3600};        ///< longer ones are shortened
  sip::Timers timers;
};

/// SIP proxy and registrar for one domain (RFC 3261 10 and 16), without I/O, clock or chance.
/// Feed one input, poll() until it is empty, then wait for the next input or deadline().
class Relay {
 public:
  Relay(Settings settings, const sip::Seed& seed);

  /// A connection-oriented flow (TCP, WebSocket) came to be. UDP sockets are announced once, at start.
  void flow_opened(sip::Now now, const sip::Peer& peer);
  /// One whole message or keep-alive: a datagram, a frame, or what a Framer cut from a stream.
  void receive(sip::Now now, const sip::Peer& from, std::string_view text);
  /// A stream that can't be framed any more; `text` is what arrived of the message. Answered with 400 where possible, then hung up.
  void receive_unframed(sip::Now now, const sip::Peer& from, std::string_view text);
  void flow_closed(sip::Now now, sip::FlowId flow);
  /// A SendTo could not be carried out.
  void unreachable(sip::Now now, const sip::Peer& peer);
  /// The answer to FindUser: none when there is no such user; failed when the store could not say.
  struct UserFound {
    std::optional<sip::StoredDigest> digest;
    bool failed = false;
  };
  void answer(sip::Now now, JobId job, const UserFound& found);
  void advance(sip::Now now);

  /// Sends on `to.flow` while it is open. Otherwise: UDP by the socket of that flow (or any when none) to `to.endpoint`;
  /// TCP by a connection already open to `to.endpoint`, or a new one.
  struct SendTo {
    sip::Peer to;
    std::string bytes;
  };
  /// Is there such a user in the store, and what is kept of the password?
  struct FindUser {
    JobId job;
    std::string user;    ///< user part of the address
    std::string domain;
  };
  /// Close the flow once everything before has been written.
  struct Hangup {
    sip::FlowId flow;
    std::string_view why;  ///< a literal, for the close frame's reason and the log
  };
  using Output = std::variant<SendTo, FindUser, Hangup>;
  std::optional<Output> poll();
  sip::Deadline deadline() const;
};

}  // namespace relay
