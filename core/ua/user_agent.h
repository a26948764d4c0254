#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "im/delivery.h"
#include "im/messenger.h"
#include "im/question.h"
#include "transaction/transaction_layer.h"
#include "transport/endpoint.h"
#include "transport/size_rule.h"
#include "ua/account.h"
#include "ua/registration.h"
#include "ua/user_agent_client.h"
#include "ua/user_agent_server.h"

namespace sip {

/// A person's client: registers over one flow, sends and receives MESSAGE, asks and answers OPTIONS. No I/O,
/// no clock, no chance. Feed one input, then poll() until it is empty, then wait for the next input or
/// deadline().
class UserAgent {
 public:
  /// The account must be valid.
  UserAgent(const Account& account, const Seed& seed, Timers timers = {});
  UserAgent(const UserAgent&) = delete;
  UserAgent& operator=(const UserAgent&) = delete;

  /// Asks for a flow and registers on it, again and again with back-off when it is lost (RFC 5626 4.5).
  void start(Now now);
  /// Removes the binding (RFC 3261 10.2.2) and asks to close the flow when answered, or after two seconds.
  void stop(Now now);
  /// Forgets any back-off: the platform says that the network is back.
  void network_available(Now now);

  /// Queues a message; the same id again while it is under way is ignored.
  MessageId send(Now now, Draft draft);
  /// Takes up a message of an earlier run, before it is sent again: in the order of writing those that were
  /// queued or sending, which go out again under their ids, and the others whose notifications shall still
  /// count or that shall be sent again as what they were. One that is known already is ignored.
  void restore(Now now, SentMessage message);
  /// What restore() needs of this run, in its order. The same can be put together from what was sent and what
  /// DeliveryChanged told, which a crash leaves too. All outputs have to be polled.
  std::vector<SentMessage> sent_messages() const { return messenger_.sent_messages(); }
  /// The person takes a message back that has no final state. One under way may arrive all the same, and then
  /// says so.
  void cancel(Now now, const MessageId& id);
  /// How many bytes the draft is over the limit of the account's path, 1300 where that is unknown (RFC 3428
  /// 8), once it is a whole request; 0 when it fits.
  std::size_t excess(const Draft& draft) const;
  /// The person added something to a message to `to`, or gave it up. The peer is told if it has written to us
  /// and does not refuse to be (RFC 3994), now or not at all.
  void composing(Now now, std::string_view to, IsComposing::State state);
  /// The person was shown the received message of that id. Its sender is told if it asked for that (RFC
  /// 5438), and if the account allows it.
  void displayed(Now now, const MessageId& id);
  /// What the driver found out. Too late, for an unknown job or of another kind it is ignored.
  void answer(Now now, JobId job, Answer answer);

  void flow_opened(Now now, FlowId flow, Protocol protocol);
  /// One whole message: a frame, a datagram, or what a Framer cut from a stream.
  void receive(Now now, FlowId flow, std::string_view text);
  /// The flow could not be opened, or is gone.
  void flow_closed(Now now, FlowId flow);
  void advance(Now now);

  struct OpenFlow {          ///< connect, then flow_opened() or flow_closed()
    std::size_t server = 0;  ///< index in Account::servers; 0 where that is empty
  };
  struct CloseFlow {
    FlowId flow;
  };
  struct SendBytes {
    FlowId flow;
    std::string bytes;
  };
  struct Registered {
    Seconds expires;             ///< as granted
    std::string public_gruu;     ///< reaches this instance only (RFC 5627), empty: none
    std::string temporary_gruu;  ///< likewise, without telling whose it is
  };
  struct Unregistered {};  ///< after stop()
  struct RegistrationFailed {
    RegistrationTrouble trouble;
    int status = 0;
    std::string phrase;
    std::optional<Milliseconds> retry_in;  ///< none: it will not be tried again
    std::string authz_server;  ///< where to get a token (RFC 8898): check it against those you trust
    std::string scope;         ///< what it must be good for
  };
  using MessageReceived = Incoming;
  struct DeliveryChanged {
    Delivery delivery;
  };
  using PeerComposing = Messenger::PeerComposing;
  using Output = std::variant<OpenFlow, CloseFlow, SendBytes, Registered, Unregistered, RegistrationFailed,
                              MessageReceived, DeliveryChanged, PeerComposing, Seal, Open, Decode>;
  std::optional<Output> poll();
  Deadline deadline() const;

 private:
  std::size_t excess_of(const Draft& draft, std::string_view recipient) const;
  std::optional<std::string> acceptable_recipient(const Draft& draft);
  void pump(Now now);
  void tell(Now now, Messenger::Output output);
  void obey(Now now, Registration::Action action);
  void transmit(Now now, ClientRequest request);
  void finished(Now now, const TransactionLayer::Event& event);
  void receive_request(Now now, const MessageView& request, const MandatoryHeaders& headers);
  void receive_response(Now now, const MessageView& response, const MandatoryHeaders& headers);
  void answered(Now now, ClientRequest request, const MessageView& response);
  void give_up(const ClientRequest& request, int status, std::string_view phrase);
  void reply(std::optional<std::string> bytes);
  void leave_flow();
  Protocol protocol() const { return server_.endpoint.protocol; }

  const Path path_;
  Random random_;
  UserAgentClient uac_;
  Registration registration_;
  TransactionLayer layer_;
  Messenger messenger_;
  UserAgentServer uas_;
  Peer server_;                    ///< the flow in use and its protocol
  std::size_t server_number_ = 0;  ///< of the last OpenFlow
  std::deque<Output> outputs_;
};

}  // namespace sip
