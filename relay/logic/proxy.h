#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.h"
#include "logic/asserted_identity.h"
#include "logic/authenticator.h"
#include "logic/loop_detection.h"
#include "logic/max_breadth.h"
#include "logic/request.h"
#include "logic/request_forwarding.h"
#include "logic/response_context.h"
#include "logic/sender_shares.h"
#include "logic/server_failures.h"
#include "logic/settings.h"
#include "logic/target.h"
#include "transaction/deadline_queue.h"
#include "transaction/timers.h"
#include "transaction/transaction_layer.h"

namespace relay {

/// Forwards requests to one or more targets and brings the responses back (RFC 3261 16, stateful).
class Proxy {
 public:
  /// How long an INVITE may ring without a word of its device (16.6 step 11: more than three minutes).
  static constexpr sip::Seconds timer_c{181};
  /// How long it may ring where there are further targets, of a lower q.
  static constexpr sip::Seconds ring_time{20};

  Proxy(const RequestForwarding& forwarding, const AssertedIdentity& identity,
        const Authenticator& authenticator, const LoopDetection& loops, sip::TransactionLayer& layer,
        ServerFailures& failures, const Settings& settings, sip::Random random)
      : forwarding_(forwarding),
        identity_(identity),
        authenticator_(authenticator),
        loops_(loops),
        layer_(layer),
        failures_(failures),
        timers_(settings.timers),
        kept_bytes_(settings.max_forwarded_bytes, identity, random.split()),
        random_(random) {}

  /// What to do with a request that no target answers: to wait until Timer F, as its sender does, or to give
  /// up so long before that the sender can be told that something else has been done with it (RFC 4321 1.1).
  enum class WhenSilent : std::uint8_t { wait, give_up };
  /// How long after a request that is.
  sip::Milliseconds patience() const { return 3 * timers_.timer_f() / 4; }

  /// What forbids to forward a request, whatever its targets are: a loop, its Max-Breadth, or its size.
  std::optional<Answer> refusal(const Request& request) const;
  /// Forwards to the targets, to those of equal q at once, the highest first (16.6), or gives the answer when
  /// that is not possible: a refusal(), or a 503 when too much is under way. `unreachable` is the status to
  /// answer with when the best that comes back is that a target could not be reached. What is forwarded is
  /// known by its server transaction, or by a name of its own where it has none.
  std::variant<sip::TransactionId, Answer> forward(sip::Now now, const Request& request,
                                                   std::vector<Target> targets, int unreachable,
                                                   WhenSilent when_silent = WhenSilent::wait);

  /// What came of a forwarded request, for whoever sent it.
  struct Outcome {
    sip::TransactionId forwarded;
    std::optional<ResponseContext::Response> response;  ///< none: nothing came back from anywhere
    bool is_refused = false;                            ///< a target said what does not pass (may_pass())
    bool is_missed = false;                             ///< a target may take it another time
    bool is_unreachable = false;  ///< no target is to be reached for now (is_unreachable())
    std::string request = {};     ///< as received, where it is unreachable
    sip::Peer from = {};          ///< likewise
    sip::UnixTime received = {};  ///< likewise
  };

  /// A response of one of our client transactions, and where it came from.
  std::optional<Outcome> response(sip::Now now, sip::TransactionId client, const sip::Peer& from,
                                  const sip::MessageView& response);
  /// A client transaction ended with Timer B or F, or its transport failed.
  std::optional<Outcome> timed_out(sip::Now now, sip::TransactionId client);
  std::optional<Outcome> transport_failed(sip::Now now, sip::TransactionId client,
                                          sip::TransactionLayer::TransportFailed::Cause cause);
  /// A request under way has waited for its answer long enough for a 100 (RFC 4320 4.1).
  void trying_due(sip::Now now, sip::TransactionId server);
  /// Whether nothing is forwarded that could still be answered.
  bool is_idle() const { return contexts_.empty(); }
  /// Adds those by which it is to be answered, or somebody waits for that.
  void collect_flows(std::unordered_set<sip::FlowId>& flows) const;
  /// Who sent an INVITE takes it back (16.10). Nothing for what is no INVITE, not under way, or of somebody
  /// else.
  std::optional<Outcome> cancel(sip::Now now, sip::TransactionId server, const sip::Peer& from);
  /// INVITEs that nobody has answered yet: those that came by a flow, and those whose responses go there.
  std::vector<sip::TransactionId> calls_by(sip::FlowId flow) const;
  std::vector<sip::TransactionId> calls_answered_at(const sip::Peer& peer) const;
  /// The flow of who sent an INVITE is gone; or a response to them goes nowhere. It would ring in vain.
  std::optional<Outcome> flow_lost(sip::Now now, sip::TransactionId server);
  std::optional<Outcome> caller_lost(sip::Now now, sip::TransactionId server);

  /// One outcome of the time that has passed, until there is none.
  std::optional<Outcome> advance(sip::Now now);
  sip::Deadline deadline() const { return deadlines_.earliest(); }

 private:
  struct Context {
    ResponseContext responses;
    MaxBreadth breadth;
    std::string request;  ///< as received, to answer it, and to forward it to further targets
    SenderShares::Sender sender;
    sip::Peer from;        ///< of the request
    sip::Peer answers_to;  ///< where responses go (18.2.2)
    int unreachable_status = 480;
    bool is_invite = false;
    WhenSilent when_silent = WhenSilent::wait;
    std::vector<Target> targets = {};  ///< not asked yet, the next ones first
    sip::UnixTime received = {};
    sip::Instant best_by = {};          ///< a little before its sender stops waiting (Timer F)
    bool has_sender = false;            ///< who waits: not of what the relay itself sends
    std::size_t branches = 0;           ///< those in branches_
    std::size_t kept_bytes = 0;         ///< of its sender's share
    std::size_t provisional_bytes = 0;  ///< among them, for the longest provisional response
  };
  /// A client transaction.
  struct Branch {
    enum class State : std::uint8_t {
      pending,
      to_be_cancelled,  ///< as soon as there is a provisional response (9.1)
      cancelled,
      accepted,  ///< there may be more 2xx (RFC 6026 7.2)
    };
    sip::TransactionId context;
    Target target;
    unsigned breadth;
    State state = State::pending;
    sip::Deadline patience = {};  ///< of others, who wait for it no longer; not of an INVITE
    bool is_heard = false;        ///< whether there was a provisional response
    bool is_overdue = false;      ///< others wait for it no longer
  };
  /// A request to one server, ready to be sent.
  struct Copy {
    Target target;
    unsigned breadth;
    std::string branch;
    std::string text;
  };
  using Contexts = std::unordered_map<sip::TransactionId, Context>;
  using Branches = std::unordered_map<sip::TransactionId, Branch>;

  std::optional<Answer> refusal(const Request& request, std::string_view mark) const;
  bool outgrows_messages(const Request& request, const std::vector<Target>& targets) const;
  void begin_group(sip::Now now, const Request& request, std::string_view mark, Context& context,
                   sip::TransactionId& name);
  std::vector<Target> take_group(Context& context) const;
  Copy prepared(sip::Now now, const Request& request, Target target, unsigned breadth, std::string_view mark);
  sip::TransactionId send(sip::Now now, const Request& request, Context& context, sip::TransactionId name,
                          Copy copy);
  void wait_until(sip::TransactionId client, sip::Instant patience);
  void turn_to_next_server(sip::Now now, Context& context, Branch& branch);
  bool replace_by_other_flow(sip::Now now, Context& context, Branches::iterator branch);
  void send_again(sip::Now now, Context& context, Branch& branch);

  void provisional(sip::Now now, Branches::iterator branch, const sip::Peer& from,
                   const sip::MessageView& response);
  std::optional<Outcome> time_over(sip::Now now, Branches::iterator branch);
  void cancel(sip::Now now, Branches::iterator branch);
  void cancel_pending(sip::Now now, const Context& context);
  bool has_room_for(Context& context, std::size_t provisional);
  static int failure_status(const Context& context, const Branch& branch,
                            sip::TransactionLayer::TransportFailed::Cause cause);
  void end(sip::TransactionId client);
  void give_up_silent(Context& context);
  void no_response(Contexts::iterator context, sip::TransactionId client, int status);
  void turn_to_next_group(sip::Now now, Contexts::iterator context);
  template <class Matches>
  std::vector<sip::TransactionId> calls(sip::FlowId flow, Matches matches) const;
  std::optional<Outcome> conclude(sip::Now now, Contexts::iterator context,
                                  std::optional<ResponseContext::Response> response);
  void forget(Contexts::iterator context);
  std::optional<std::string> for_upstream(const sip::MessageView& response, const sip::Peer& from,
                                          const Context& context) const;
  ResponseContext::Response passed_on(const sip::MessageView& response, std::string text,
                                      const Context& context);
  std::string own_response(const Context& context, int status);

  const RequestForwarding& forwarding_;
  const AssertedIdentity& identity_;
  const Authenticator& authenticator_;
  const LoopDetection& loops_;
  sip::TransactionLayer& layer_;
  ServerFailures& failures_;
  sip::Timers timers_;
  SenderShares kept_bytes_;  ///< of requests in contexts, with their transactions
  sip::Random random_;
  Contexts contexts_;                                 ///< by what forward() gave
  Branches branches_;                                 ///< by client transaction
  sip::DeadlineQueue<sip::TransactionId> deadlines_;  ///< of branches
  /// INVITEs among the contexts, by the flow that they came by.
  std::set<std::pair<sip::FlowId, sip::TransactionId>> invites_;
};

}  // namespace relay
