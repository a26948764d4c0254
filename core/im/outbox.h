#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "im/delivery.h"
#include "im/final_response.h"
#include "im/target_set.h"

namespace sip {

/// Decides which message goes out next and where to, and what becomes of it. At most one to a person is under
/// way, the others wait behind it in order (RFC 3428 8). What fails for a passing reason is tried again with
/// back-off, what is redirected follows.
class Outbox {
 public:
  /// Tries of one message before it fails: at 0, 2, 6, 14, 30 and 60 seconds, or later where the server says
  /// Retry-After.
  static constexpr unsigned max_tries = 6;
  /// The longest Retry-After (RFC 3261 20.33) that is waited for. Whoever wrote still looks for the outcome
  /// within the hour; after a longer time the message would come as a surprise, and it fails instead.
  static constexpr Seconds longest_wait{3600};
  /// How often a connection may be lost with a message under way, without any answer, before it fails. No
  /// network is as bad as that: the message itself ends the connection, and would do so for ever.
  static constexpr unsigned max_losses = 16;
  /// Notifications that may wait at a time: whoever writes from many addresses can ask for as many.
  static constexpr std::size_t max_notifications = 256;

  /// What a MESSAGE is for. Only of messages is anything told.
  enum class Purpose : std::uint8_t {
    message,
    notification,  ///< an IMDN: waits and is tried again like a message
    composing,     ///< a status message of RFC 3994: goes out now or never
  };

  /// Queues a message for `recipient`. False when one with this id is still under way, when too many
  /// notifications wait, or when a status message would have to.
  bool add(Now now, Draft draft, std::string recipient, Purpose purpose = Purpose::message);
  /// Queues a message of an earlier run, of which that was told last.
  void restore(Now now, Draft draft, std::string recipient, const Delivery& last);
  /// A message that can't be sent at all, queued before or not.
  void refuse(const MessageId& id, FailureReason reason, std::size_t excess);
  /// The person takes the message back: one that waits fails. One under way can't be called back, for CANCEL
  /// is not for MESSAGE (RFC 3261 9.1); it gets no further try, and fails unless it succeeds.
  void cancel(const MessageId& id);

  struct Outgoing {
    Draft draft;
    std::string recipient;  ///< whom it was written to
    std::string target;     ///< Request-URI: the recipient's, unless it was redirected
    Purpose purpose = Purpose::message;
  };
  /// The next message that may go out; it counts as sending from now on. None when all have to wait. Those
  /// whose time is over fail.
  std::optional<Outgoing> next(Now now);

  /// The final response to a message that next() gave.
  void answered(Now now, const MessageId& id, const FinalResponse& response);
  /// Timer F.
  void unanswered(Now now, const MessageId& id);
  /// The message fails, for a reason that its status alone, 0 without one, does not tell. What one place has
  /// answered another one may answer otherwise, if it was redirected.
  void fail(const MessageId& id, FailureReason reason, int status, std::string_view phrase);
  /// Whether the message may go out again at once, changed as an answer has asked for.
  bool is_wanted(const MessageId& id) const;
  /// A notification has told what became of the message: it is not tried again.
  void settle(const MessageId& id);
  /// The connection went away: every message under way goes back to the head of its queue.
  void connection_lost();
  /// The next connection leads to another server.
  void server_changed() { rest_until_ = {}; }

  /// The messages without a final state, those to one person in order.
  std::vector<Draft> open_drafts() const;
  std::optional<Delivery> poll();
  /// When next() may have something again, back-off considered.
  Deadline deadline() const;

 private:
  struct Item {
    Draft draft;
    std::string recipient;
    TargetSet targets;
    Purpose purpose = Purpose::message;
    std::string under_way{};  ///< peer_key() of where it was sent; empty while it waits
    unsigned tries = 0;
    unsigned losses = 0;
    bool is_settled = false;
    bool is_cancelled = false;
    Instant not_before{};
    bool is_sending() const { return !under_way.empty(); }
    /// Nobody waits for what becomes of it.
    bool is_over() const { return is_settled || purpose == Purpose::composing; }
  };
  using Queue = std::deque<Item>;
  struct Place {
    std::map<std::string, Queue>::iterator queue;
    Queue::iterator item;
  };
  std::optional<Place> find(const MessageId& id);
  void drop_expired(Now now);
  bool may_start(const Item& item) const;
  void note_rest(Now now, const FinalResponse& response);
  bool try_next_target(Item& item);
  void retry_later(Now now, const Place& place, Delivery delivery, std::optional<Seconds> retry_after);
  void fail(const Place& place, Delivery delivery);
  void finish(const Place& place, Delivery delivery);
  void stop(Item& item);
  void erase(const Place& place);
  void tell(const Item& item, Delivery delivery);

  /// By peer_key(). RFC 3428 8 asks for one at a time to a URI, and two spellings can be one URI (19.1.4).
  /// One at a time to a person keeps to that.
  std::map<std::string, Queue> queues_;
  /// The same of where they were sent, for one that was redirected may meet one written there.
  std::set<std::string> under_way_;
  std::size_t notifications_ = 0;
  /// 21.5.4: when the server takes messages again, as its 503 says.
  Instant rest_until_{};
  std::deque<Delivery> changes_;
};

}  // namespace sip
