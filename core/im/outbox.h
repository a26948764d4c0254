#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "im/delivery.h"

namespace sip {

/// Decides which message goes out next, and what becomes of it. At most one to a person is under way, the
/// others wait behind it in order (RFC 3428 8). What fails for a passing reason is tried again with back-off.
class Outbox {
 public:
  /// Tries of one message before it fails: at 0, 2, 6, 14, 30 and 60 seconds, unless the server says
  /// Retry-After.
  static constexpr unsigned max_tries = 6;
  /// The longest Retry-After (RFC 3261 20.33) that is waited for.
  static constexpr Seconds max_retry_after{120};

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
  bool add(Draft draft, std::string recipient, Purpose purpose = Purpose::message);
  /// A message that can't be sent at all, queued before or not.
  void refuse(const MessageId& id, FailureReason reason, std::size_t excess);

  struct Outgoing {
    Draft draft;
    std::string recipient;
    Purpose purpose = Purpose::message;
    bool is_plain = false;  ///< as plain_from_now() said
  };
  /// The next message that may go out; it counts as sending from now on. None when all have to wait. Those
  /// whose time is over fail.
  std::optional<Outgoing> next(Now now);

  /// The final response to a message that next() gave.
  void answered(Now now, const MessageId& id, int status, std::string_view phrase,
                std::optional<Seconds> retry_after);
  /// Timer F.
  void unanswered(Now now, const MessageId& id);
  /// The message fails, for a reason that its status alone, 0 without one, does not tell.
  void fail(const MessageId& id, FailureReason reason, int status, std::string_view phrase);
  /// The message went out as plain text once, and must not be wrapped any more (docs/adr/0005).
  void plain_from_now(const MessageId& id);
  /// A notification has told what became of the message: it is not tried again.
  void settle(const MessageId& id);
  /// The connection went away: every message under way goes back to the head of its queue.
  void connection_lost();

  std::optional<Delivery> poll();
  /// When next() may have something again, back-off considered.
  Deadline deadline() const;

 private:
  struct Item {
    Draft draft;
    std::string recipient;
    Purpose purpose = Purpose::message;
    unsigned tries = 0;
    bool sending = false;
    bool is_plain = false;
    bool is_settled = false;
    Instant not_before{};
  };
  using Queue = std::deque<Item>;
  Queue::iterator find(const MessageId& id, std::map<std::string, Queue>::iterator& queue);
  void drop_expired(Now now);
  void finish(const MessageId& id, Delivery delivery);
  void erase(std::map<std::string, Queue>::iterator queue, const Queue::iterator& item);
  static bool is_over(const Item& item) { return item.is_settled || item.purpose == Purpose::composing; }
  void retry_later(Now now, const MessageId& id, Delivery delivery, std::optional<Seconds> retry_after);

  /// By peer_key(). RFC 3428 8 asks for one at a time to a URI, and two spellings can be one URI (19.1.4).
  /// One at a time to a person keeps to that.
  std::map<std::string, Queue> queues_;
  std::size_t notifications_ = 0;
  std::deque<Delivery> changes_;
};

}  // namespace sip
