#pragma once

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

  /// Queues a message for `recipient`. False when one with this id is still under way.
  bool add(Draft draft, std::string recipient);
  /// A message that can't be sent at all, queued before or not.
  void refuse(const MessageId& id, FailureReason reason, std::size_t excess);

  struct Outgoing {
    Draft draft;
    std::string recipient;
  };
  /// The next message that may go out; it counts as sending from now on. None when all have to wait.
  std::optional<Outgoing> next(Now now);

  /// The final response to a message that next() gave.
  void answered(Now now, const MessageId& id, int status, std::string_view phrase,
                std::optional<Seconds> retry_after);
  /// Timer F.
  void unanswered(Now now, const MessageId& id);
  /// Credentials were refused.
  void unauthorized(const MessageId& id, int status, std::string_view phrase);
  /// The connection went away: every message under way goes back to the head of its queue.
  void connection_lost();

  std::optional<Delivery> poll();
  /// When next() may have something again, back-off considered.
  Deadline deadline() const;

 private:
  struct Item {
    Draft draft;
    std::string recipient;
    unsigned tries = 0;
    bool sending = false;
    Instant not_before{};
  };
  using Queue = std::deque<Item>;
  Queue::iterator find(const MessageId& id, std::map<std::string, Queue>::iterator& queue);
  void finish(const MessageId& id, Delivery delivery);
  void retry_later(Now now, const MessageId& id, Delivery delivery, std::optional<Seconds> retry_after);

  std::map<std::string, Queue> queues_;  ///< by the recipient's address-of-record
  std::deque<Delivery> changes_;
};

}  // namespace sip
