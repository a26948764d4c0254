#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/random.h"
#include "base/time.h"
#include "message/message_view.h"
#include "transport/endpoint.h"

namespace sip {

/// Why there is no registration.
enum class RegistrationTrouble : std::uint8_t {
  connection_lost,  ///< tried again by itself
  no_answer,        ///< tried again by itself
  wrong_password,   ///< final
  refused,          ///< 403, 404 and the like: final
  server_trouble,   ///< 408, 5xx: tried again by itself
};

/// Keeps one binding alive (RFC 3261 10.2): opens a flow, registers on it, refreshes, pings (RFC 5626 4.4.1),
/// and begins again with back-off when the flow is lost (RFC 5626 4.5).
class Registration {
 public:
  /// `expires` is what is asked of the registrar.
  Registration(Seconds expires, Random random) : random_(random), expires_(expires) {}

  void start();
  void stop(Now now);
  void network_available(Now now);
  void flow_opened(FlowId flow);
  /// True when it was the flow in use, or the one being opened.
  bool flow_closed(Now now, FlowId flow);
  /// Something arrived: the flow lives.
  void heard() { pong_due_.reset(); }

  /// The final response to REGISTER, other than 401 and 407; `contact` is our Contact URI.
  void answered(Now now, const MessageView& response, std::string_view contact);
  /// Timer F.
  void unanswered(Now now);
  void credentials_refused(int status, std::string_view phrase);
  void advance(Now now);

  /// The flow in use; none while there is none.
  FlowId flow() const { return flow_; }
  /// Whether the binding stands, a refresh under way or not.
  bool is_registered() const { return is_bound_; }

  struct Open {};
  struct Close {
    FlowId flow;
  };
  struct Register {
    Seconds expires;  ///< 0 removes the binding
  };
  struct Ping {};
  struct Registered {
    Seconds expires;
  };
  struct Unregistered {};
  struct Failed {
    RegistrationTrouble trouble;
    int status = 0;
    std::string phrase;
    std::optional<Milliseconds> retry_in;  ///< none: final
  };
  using Action = std::variant<Open, Close, Register, Ping, Registered, Unregistered, Failed>;
  std::optional<Action> poll();
  Deadline deadline() const { return earlier(earlier(due_, ping_due_), pong_due_); }

 private:
  enum class State : std::uint8_t { idle, waiting, opening, registering, registered, unregistering };
  void begin();
  void say_goodbye();
  void accepted(Now now, const MessageView& response, std::string_view contact);
  void retry(Now now, Failed failed, std::optional<Milliseconds> wait);
  void give_up(Failed failed);
  void leave_flow();
  void finish();
  void schedule_ping(Now now);
  Milliseconds back_off();

  Random random_;
  Seconds expires_;
  State state_ = State::idle;
  FlowId flow_ = FlowId::none;
  FlowId left_ = FlowId::none;  ///< the flow that we last asked to close
  bool is_bound_ = false;
  bool is_stopping_ = false;  ///< stop() waits for the answer to a REGISTER under way
  unsigned failures_ = 0;     ///< since the last success
  Deadline due_;              ///< of the state: a retry, a refresh, or the end of waiting for the last answer
  std::optional<Milliseconds> ping_interval_;
  Deadline ping_due_;
  Deadline pong_due_;
  std::deque<Action> actions_;
};

}  // namespace sip
