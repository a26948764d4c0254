#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/job_id.h"
#include "base/time.h"
#include "logic/message_store.h"
#include "logic/proxy.h"

namespace relay {

/// What is told of messages to those who sent them from other domains (RFC 5438 8), one after the other: it
/// lies in the store until their server has taken it, or its time is over.
class Outbox {
 public:
  /// Of all that is in it: no user's, which have a domain.
  static constexpr std::string_view recipient = "outbox";
  /// What a server does not take is tried again after this time, then after twice as much, and so on.
  static constexpr sip::Seconds first_rest{30};
  static constexpr sip::Seconds longest_rest{1800};
  /// How long a notification is of use.
  static constexpr sip::Seconds longest_wait{86'400};

  explicit Outbox(sip::JobIds& jobs) : jobs_(jobs) {}

  /// The store has something new in it, or may have.
  void begin();
  /// The answer to LoadMessage; false where that was not the outbox's.
  bool loaded(sip::Now now, sip::JobId job, const Loaded& loaded);
  /// A request that is to leave. It is told forwarded() or could_not_leave(), before it or later.
  std::optional<std::string> next_departure();
  /// What it is known by from now on (Proxy::forward()).
  void forwarded(sip::TransactionId name) { forwarded_ = name; }
  void could_not_leave(sip::Now now);
  enum class Verdict : std::uint8_t {
    delivered,
    refused,   ///< for good
    postponed  ///< this try failed
  };
  /// What came of something forwarded; none where that was not the outbox's.
  std::optional<Verdict> concluded(sip::Now now, const Proxy::Outcome& outcome);
  bool is_under_way(MessageNumber number) const { return state_ == State::leaving && last_ == number; }

  void advance(sip::Now now);
  /// The relay is to end: what is on its way goes on, and nothing else is begun with.
  void drain() { is_draining_ = true; }
  std::optional<StoreQuestion> poll();
  sip::Deadline deadline() const { return next_round_; }

 private:
  void load();
  void turn();
  void leave(sip::Now now, const StoredMessage& message);
  void forget();
  void pass_over(sip::Now now, const std::string& whom);
  void postpone(sip::Now now);

  enum class State : std::uint8_t { idle, loading, leaving };
  sip::JobIds& jobs_;
  State state_ = State::idle;
  MessageNumber last_ = MessageNumber::none;   ///< has been dealt with in this round, or is on its way
  std::string domain_;                         ///< where it goes
  std::string address_;                        ///< and to whom
  std::set<std::string> silent_;               ///< domains and addresses that took nothing in this round
  MessageNumber begun_ = MessageNumber::none;  ///< this round has begun behind it
  std::optional<MessageNumber> turned_;        ///< was the last of all, when the round came to what is before
  MessageNumber held_up_ = MessageNumber::none;  ///< the first of this round that has silenced a domain
  unsigned rests_ = 0;                           ///< in a row
  sip::Deadline next_round_;
  bool has_more_ = false;  ///< something has come since the store was asked
  bool is_draining_ = false;
  sip::JobId loading_ = sip::JobId::none;
  sip::TransactionId forwarded_ = sip::TransactionId::none;
  std::optional<std::string> departure_;
  std::deque<StoreQuestion> questions_;
};

}  // namespace relay
