#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "base/job_id.h"
#include "base/time.h"
#include "message/mandatory_headers.h"
#include "message/message_view.h"
#include "transaction/deadline_queue.h"
#include "transaction/invite_client.h"
#include "transaction/invite_server.h"
#include "transaction/non_invite_client.h"
#include "transaction/non_invite_server.h"
#include "transaction/peer_index.h"
#include "transaction/timers.h"
#include "transport/endpoint.h"

namespace sip {

/// Names a transaction for as long as the layer lives; never reused.
enum class TransactionId : std::uint64_t { none = 0 };

/// All transactions of one element (RFC 3261 17): matches messages, resends, acknowledges, times out.
class TransactionLayer {
 public:
  /// Past any of the two a new request gets 503 and is not remembered.
  struct Limits {
    /// 12,500 requests a second over UDP, for Timer J remembers each for 32 seconds.
    std::size_t transactions = 400'000;
    /// What so many transactions need with messages of the usual size (RFC 3428 8: 1300 bytes at most).
    std::size_t bytes = std::size_t{512} << 20;
  };
  /// What a transaction takes apart from its key and the one text it may keep (of which none is longer than a
  /// message): machine, peer, and its places in the tables.
  static constexpr std::size_t fixed_bytes = 512;

  explicit TransactionLayer(Timers timers = {}) : timers_(timers) {}
  TransactionLayer(Timers timers, Limits limits) : timers_(timers), limits_(limits) {}

  /// What a received message is to the layer's user.
  enum class Kind : std::uint8_t {
    new_request,     ///< `id` names the new server transaction: respond() to it
    cancel,          ///< a new CANCEL: respond() to it as to any; `cancelled` is what it means (9.2)
    ack,             ///< of a 2xx: for the user; `id` is the INVITE's transaction, if it is known
    absorbed,        ///< a retransmission, or the ACK of a refusal; dealt with
    response,        ///< for client transaction `id`: pass it on. To a request other than INVITE the first
                     ///< provisional and the first final one; to INVITE every provisional one, every 2xx and
                     ///< the first refusal
    stray_response,  ///< matches nothing; drop it (RFC 4320 4.2, RFC 6026 7.3: never passed on)
    overloaded,      ///< a new request past the limits: answer it statelessly with 503
  };
  struct Received {
    Kind kind;
    TransactionId id = TransactionId::none;
    TransactionId cancelled = TransactionId::none;
  };
  /// `from` is where responses go.
  Received receive(Now now, const Peer& from, const MessageView& message, const MandatoryHeaders& headers);

  /// Starts a client transaction for a finished request other than ACK, whose topmost Via holds `branch`.
  TransactionId request(Now now, const Peer& to, std::string_view branch, std::string_view method,
                        std::string text);
  /// Cancels an INVITE that has had a provisional response and no final one (9.1), by a transaction of its
  /// own, which is given. None: it can't be cancelled now.
  std::optional<TransactionId> cancel(Now now, TransactionId invite);
  /// Sends a response. Another final response is ignored (17.2.2), but for more 2xx to INVITE (RFC 6026 7.1).
  void respond(Now now, TransactionId server, int status, std::string text);
  /// The To tag of the last response to it, while that is kept; empty otherwise. 9.2: the answer to a CANCEL
  /// has the same.
  std::string to_tag(TransactionId server) const;
  /// Whether it is an INVITE that has had a response: its client sends it no more (17.1.1.2).
  bool is_quenched(TransactionId server) const;
  /// Where its responses go.
  std::optional<Peer> way_back(TransactionId server) const;
  /// Notes what its user waits for before it responds; TryingDue brings that back.
  void note(TransactionId server, JobId waits_for);
  /// none where nothing was noted.
  JobId noted(TransactionId server) const;
  /// Ends a transaction without a further word.
  void abandon(TransactionId id);

  /// The flow is gone: every client transaction on it fails at once (8.1.3.1, 17.1.4). Server transactions
  /// stay, so that repeats are known as such (RFC 6026 7.1).
  void flow_closed(FlowId flow);
  /// No connection leads to this address any more, whatever flow it names: what went there fails likewise.
  void disconnected(const Peer& address);
  /// Nothing could be sent to this peer.
  void unreachable(const Peer& peer);
  /// More would wait to be sent to this peer, who takes it too slowly, than may.
  void congested(const Peer& peer);
  void advance(Now now);

  struct Send {
    Peer to;
    std::string text;
  };
  struct TimedOut {  ///< Timer B or F: counts as 408 (8.1.3.1)
    TransactionId client;
  };
  struct TransportFailed {  ///< counts as 503 (8.1.3.1, 16.9)
    enum class Cause : std::uint8_t { unreachable, congested };
    TransactionId client;
    Cause cause;
  };
  struct TryingDue {  ///< 17.2.1, RFC 4320 4.1: respond(100) now unless a final response is at hand
    TransactionId server;
    JobId noted;
  };
  struct Unacknowledged {  ///< Timer H: no ACK came for a refused INVITE
    TransactionId server;
  };
  using Event = std::variant<Send, TimedOut, TransportFailed, TryingDue, Unacknowledged>;
  std::optional<Event> poll();
  Deadline deadline() const { return deadlines_.earliest(); }

  std::size_t size() const { return clients_.size() + servers_.size(); }
  /// Memory in use, the texts of events apart.
  std::size_t bytes() const { return variable_bytes_ + size() * fixed_bytes; }

 private:
  /// Sorted, so that a CANCEL finds what has its key but for the method.
  using ServerKeys = std::map<std::string, TransactionId>;

  struct Client {
    std::variant<NonInviteClient, InviteClient> machine;
    TransactionId id;
    Peer to;
    std::string key;
    /// Over UDP the request, as long as it may be sent again. Of an INVITE from its first response on (over
    /// other transports at once) only what its ACK and CANCEL need, then the ACK.
    std::string text = {};
    PeerIndex<Client>::Places places = {};
  };
  struct Server {
    std::variant<NonInviteServer, InviteServer> machine;
    Peer from;
    ServerKeys::iterator key;
    ServerKeys::iterator ack_key;  ///< of an RFC 2543 ACK; the end where there is none
    JobId noted = JobId::none;
    std::string last_response = {};  ///< as long as it may be sent again
  };
  static_assert(sizeof(Client) <= fixed_bytes / 2 && sizeof(Server) <= fixed_bytes / 2);

  Received receive_request(Now now, const Peer& from, const MessageView& message,
                           const MandatoryHeaders& headers);
  TransactionId meant_by_cancel(std::string_view key) const;
  Received receive_ack(Now now, const MessageView& message, const MandatoryHeaders& headers);
  Received receive_response(Now now, const MessageView& message, const MandatoryHeaders& headers);
  bool take(Now now, Client& client, NonInviteClient& machine, const MessageView& response);
  bool take(Now now, Client& client, InviteClient& machine, const MessageView& response);
  void expect_ack(TransactionId id, Server& server, std::string_view response);
  template <class Place, class Matches>
  void fail_clients(TransportFailed::Cause cause, const Place& place, Matches matches);
  void client_due(Now now, TransactionId id, Client& client);
  void server_due(Now now, TransactionId id, Server& server);
  void settle(TransactionId id, const Client& client);
  void settle(TransactionId id, const Server& server);
  void erase_client(TransactionId id);
  void erase_server(TransactionId id);
  void keep(std::string& place, std::string text);
  bool is_full() const { return size() >= limits_.transactions || bytes() >= limits_.bytes; }

  Timers timers_;
  Limits limits_ = {};
  std::uint64_t last_id_ = 0;
  std::unordered_map<TransactionId, Client> clients_;
  PeerIndex<Client> clients_by_peer_;
  std::unordered_map<TransactionId, Server> servers_;
  std::unordered_map<std::string, TransactionId> client_keys_;
  ServerKeys server_keys_;
  std::size_t variable_bytes_ = 0;  ///< of keys and texts
  DeadlineQueue<TransactionId> deadlines_;
  std::deque<Event> events_;
};

}  // namespace sip
