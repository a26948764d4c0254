#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "base/time.h"
#include "message/mandatory_headers.h"
#include "message/message_view.h"
#include "transaction/deadline_queue.h"
#include "transaction/non_invite_client.h"
#include "transaction/non_invite_server.h"
#include "transaction/timers.h"
#include "transport/endpoint.h"

namespace sip {

/// Names a transaction for as long as the layer lives; never reused.
enum class TransactionId : std::uint64_t { none = 0 };

/// All non-INVITE transactions of one element (RFC 3261 17): matches messages, resends, times out.
class TransactionLayer {
 public:
  /// Past it a new request gets 503 and is not remembered.
  static constexpr std::size_t default_max_transactions = 200'000;

  explicit TransactionLayer(Timers timers = {}, std::size_t max_transactions = default_max_transactions)
      : timers_(timers), max_transactions_(max_transactions) {}

  /// What a received message is to the layer's user.
  enum class Kind : std::uint8_t {
    new_request,     ///< `id` names the new server transaction: respond() to it
    absorbed,        ///< a retransmission; dealt with
    response,        ///< the first of its kind for client transaction `id`: pass it on
    stray_response,  ///< matches nothing; drop it (RFC 4320 4.2: late ones are never passed on)
    overloaded,      ///< a new request past the limit: answer it statelessly with 503
  };
  struct Received {
    Kind kind;
    TransactionId id = TransactionId::none;
  };
  /// ACK and INVITE are not for this layer. `from` is where responses go.
  Received receive(Now now, const Peer& from, const MessageView& message, const MandatoryHeaders& headers);

  /// Starts a client transaction for a finished request, whose topmost Via holds `branch`.
  TransactionId request(Now now, const Peer& to, std::string_view branch, std::string_view method,
                        std::string text);
  /// Sends a response. A second final response is ignored (17.2.2).
  void respond(Now now, TransactionId server, int status, std::string text);
  /// Ends a transaction without a further word.
  void abandon(TransactionId id);

  /// The flow is gone: every client transaction on it fails at once (8.1.3.1, 17.1.4).
  void flow_closed(FlowId flow);
  /// Nothing could be sent to this peer.
  void unreachable(const Peer& peer);
  void advance(Now now);

  struct Send {
    Peer to;
    std::string text;
  };
  struct TimedOut {  ///< Timer F
    TransactionId client;
  };
  struct TransportFailed {
    TransactionId client;
  };
  struct TryingDue {  ///< RFC 4320 4.1: respond(100) now unless a final response is at hand
    TransactionId server;
  };
  using Event = std::variant<Send, TimedOut, TransportFailed, TryingDue>;
  std::optional<Event> poll();
  Deadline deadline() const { return deadlines_.earliest(); }

  std::size_t size() const { return clients_.size() + servers_.size(); }

 private:
  struct Client {
    NonInviteClient machine;
    Peer to;
    std::string key;
    std::string text;  ///< kept for resending over UDP only
  };
  struct Server {
    NonInviteServer machine;
    Peer from;
    std::string key;
    std::string last_response;
  };
  Received receive_request(Now now, const Peer& from, const MessageView& message,
                           const MandatoryHeaders& headers);
  Received receive_response(Now now, const MessageView& message, const MandatoryHeaders& headers);
  template <class Matches>
  void fail_clients(Matches matches);
  void advance_client(TransactionId id, const Client& client);
  void advance_server(TransactionId id, const Server& server);
  void erase_client(TransactionId id);
  void erase_server(TransactionId id);

  Timers timers_;
  std::size_t max_transactions_;
  std::uint64_t last_id_ = 0;
  std::unordered_map<TransactionId, Client> clients_;
  std::unordered_map<TransactionId, Server> servers_;
  std::unordered_map<std::string, TransactionId> client_keys_;
  std::unordered_map<std::string, TransactionId> server_keys_;
  DeadlineQueue<TransactionId> deadlines_;
  std::deque<Event> events_;
};

}  // namespace sip
