#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/random.h"
#include "base/time.h"
#include "im/delivery.h"
#include "im/inbox.h"
#include "im/outbox.h"
#include "transaction/transaction_layer.h"
#include "transport/endpoint.h"
#include "ua/account.h"
#include "ua/registration.h"
#include "ua/request_builder.h"

namespace sip {

/// Why there is no registration.
enum class RegistrationTrouble : std::uint8_t {
  connection_lost,   ///< tried again by itself
  no_answer,         ///< tried again by itself
  wrong_password,    ///< final: start() with another account
  refused,           ///< 403, 404 and the like: final
  server_trouble,    ///< 5xx: tried again by itself
};

/// A person's client: registers over one flow, sends and receives MESSAGE, answers OPTIONS. No I/O, no clock, no chance.
/// Feed one input, then poll() until it is empty, then wait for the next input or deadline().
class UserAgent {
 public:
  UserAgent(Account account, const Seed& seed, Timers timers = {});

  /// Asks for a flow and registers on it, again and again with back-off when it is lost (RFC 5626 4.5).
  void start(Now now);
  /// Removes the binding (RFC 3261 10.2.2) and asks to close the flow when answered, or after two seconds.
  void stop(Now now);
  /// Forgets any back-off: the platform says that the network is back.
  void network_available(Now now);

  /// Queues a message; the same id again while it is under way is ignored.
  MessageId send(Now now, Draft draft);
  /// How many bytes the draft is over the 1300-byte rule once it is a whole request; 0 when it fits.
  std::size_t excess(const Draft& draft) const;

  void flow_opened(Now now, FlowId flow, Protocol protocol);
  /// One whole message: a frame, a datagram, or what a Framer cut from a stream.
  void receive(Now now, FlowId flow, std::string_view text);
  /// The flow could not be opened, or is gone.
  void flow_closed(Now now, FlowId flow);
  void advance(Now now);

  struct OpenFlow {};  ///< connect, then flow_opened() or flow_closed()
  struct CloseFlow {
    FlowId flow;
  };
  struct SendBytes {
    FlowId flow;
    std::string bytes;
  };
  struct Registered {
    Seconds expires;  ///< as granted
  };
  struct Unregistered {};  ///< after stop()
  struct RegistrationFailed {
    RegistrationTrouble trouble;
    int status = 0;
    std::string phrase;
    std::optional<Milliseconds> retry_in;  ///< none: it will not be tried again
  };
  struct MessageReceived {
    std::string from;          ///< address-of-record of the sender, as in From
    std::string display_name;
    std::string content_type;
    std::string body;          ///< UTF-8
    MessageId id;              ///< its Call-ID
    UnixTime sent{};           ///< its Date, or when it came
  };
  struct DeliveryChanged {
    Delivery delivery;
  };
  using Output = std::variant<OpenFlow, CloseFlow, SendBytes, Registered, Unregistered, RegistrationFailed, MessageReceived,
                              DeliveryChanged>;
  std::optional<Output> poll();
  Deadline deadline() const;
};

}  // namespace sip
