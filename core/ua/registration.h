#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "auth/bearer.h"
#include "base/random.h"
#include "base/time.h"
#include "message/message_view.h"
#include "transport/endpoint.h"
#include "ua/account.h"
#include "ua/granted_binding.h"
#include "ua/outbound_proxy_set.h"
#include "ua/service_route.h"

namespace sip {

/// Why there is no registration.
enum class RegistrationTrouble : std::uint8_t {
  connection_lost,  ///< tried again by itself
  no_answer,        ///< tried again by itself
  wrong_password,   ///< final
  token_needed,     ///< a bearer token is asked for, and there is none or it is not taken any more: final
  refused,          ///< 403, 404 and the like: final
  server_trouble,   ///< 3xx that leads nowhere, 408, 439, 5xx: tried again by itself
};

/// Keeps one binding alive (RFC 3261 10.2): opens a flow to the first server that can be had, registers on
/// it, refreshes, pings (RFC 5626 4.4.1), and begins again when the flow is lost (RFC 5626 4.5).
class Registration {
 public:
  /// `registrar` is the Request-URI of REGISTER, the account's domain. The account must be valid.
  Registration(const Account& account, std::string registrar, Random random);

  void start();
  void stop(Now now);
  void network_available(Now now);
  void flow_opened(FlowId flow, Protocol protocol);
  /// True when it was the flow in use, or the one being opened.
  bool flow_closed(Now now, FlowId flow);
  /// A CRLF arrived: the flow lives.
  void pong();

  /// The final response to REGISTER, other than 401 and 407; `contact` is our Contact URI.
  void answered(Now now, const MessageView& response, std::string_view contact);
  /// Timer F.
  void unanswered(Now now);
  void credentials_refused(int status, std::string_view phrase);
  void token_refused(int status, std::string_view phrase, const BearerChallenge& challenge);
  void advance(Now now);

  /// The flow in use; none while there is none.
  FlowId flow() const { return flow_; }
  /// Whether the binding stands, a refresh under way or not.
  bool is_registered() const { return is_bound_; }

  struct Open {
    std::size_t server = 0;  ///< index in Account::servers
  };
  struct Close {
    FlowId flow;
  };
  enum class Outbound : std::uint8_t { asked, not_asked };
  struct Register {
    Seconds expires;        ///< 0 removes the binding
    std::string registrar;  ///< Request-URI
    Outbound outbound = Outbound::asked;
  };
  struct Ping {};
  struct Registered {
    GrantedBinding binding;
    ServiceRoute route;
  };
  struct Unregistered {};
  struct Failed {
    RegistrationTrouble trouble;
    int status = 0;
    std::string phrase = {};
    std::optional<Milliseconds> retry_in = {};  ///< none: final
    std::string authz_server = {};              ///< where to get a token, and for what (RFC 8898 4)
    std::string scope = {};
  };
  using Action = std::variant<Open, Close, Register, Ping, Registered, Unregistered, Failed>;
  std::optional<Action> poll();
  Deadline deadline() const { return earlier(earlier(due_, ping_due_), pong_due_); }

 private:
  enum class State : std::uint8_t { idle, waiting, opening, registering, registered, unregistering };
  void begin();
  void ask(Seconds expires);
  void say_goodbye();
  void accepted(Now now, const MessageView& response, std::string_view contact);
  bool try_otherwise(const MessageView& response);
  bool follow(const MessageView& response);
  void server_troubled(Now now, const MessageView& response, Failed failed);
  void flow_failed(Now now, Failed failed);
  void wait(Now now, Failed failed);
  void note_success(Now now);
  void give_up(Failed failed);
  void leave_flow();
  void finish();
  void schedule_ping(Now now);
  bool is_leaving() const { return state_ == State::unregistering || is_stopping_; }

  Random random_;
  OutboundProxySet servers_;
  const std::string own_registrar_;
  const Milliseconds longest_ping_interval_;
  Seconds expires_;
  State state_ = State::idle;
  FlowId flow_ = FlowId::none;
  FlowId left_ = FlowId::none;  ///< the flow that we last asked to close
  bool can_ping_ = false;       ///< CRLF is for connections (RFC 5626 4.4.1)
  std::string registrar_;       ///< of this flow
  bool is_redirected_ = false;  ///< this flow follows a 3xx, or is the one that got it
  Outbound outbound_ = Outbound::asked;
  bool is_bound_ = false;
  Instant bound_at_{};
  bool is_stopping_ = false;  ///< stop() waits for the answer to a REGISTER under way
  Deadline due_;              ///< of the state: a retry, a refresh, or the end of waiting for the last answer
  std::optional<Milliseconds> ping_interval_;
  Deadline ping_due_;
  Deadline pong_due_;
  std::deque<Action> actions_;
};

}  // namespace sip
