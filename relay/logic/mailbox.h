#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/job_id.h"
#include "base/random.h"
#include "base/time.h"
#include "logic/authenticator.h"
#include "logic/disposition_notification.h"
#include "logic/local_domain.h"
#include "logic/location.h"
#include "logic/message_store.h"
#include "logic/outbox.h"
#include "logic/proxy.h"
#include "logic/request.h"
#include "logic/settings.h"
#include "logic/target_set.h"
#include "transaction/deadline_queue.h"

namespace relay {

/// Keeps messages for users who are not there, and forwards them when they come (RFC 3428 7), to each user
/// one after the other in the order in which they came. The messages lie in the store alone; what is known
/// here is which of the users who are registered have any.
class Mailbox {
 public:
  /// A try that failed is followed by another one after this time, then after twice as much, and so on.
  static constexpr sip::Seconds first_rest{30};
  static constexpr sip::Seconds longest_rest{1800};
  /// A message that all devices refuse for reasons that may pass holds up the others for so many tries, once.
  static constexpr unsigned max_refusals = 3;
  /// How often the store is asked for messages whose time is over.
  static constexpr sip::Seconds sweep_interval{60};

  Mailbox(const Settings& settings, const LocalDomain& domain, const Location& location,
          const TargetSet& targets, const Authenticator& authenticator, Proxy& proxy, sip::JobIds& jobs,
          sip::Random random)
      : settings_(settings),
        domain_(domain),
        location_(location),
        targets_(targets),
        authenticator_(authenticator),
        proxy_(proxy),
        jobs_(jobs),
        random_(random),
        outbox_(jobs) {}

  /// Whether a request that comes now is one to be kept, should its recipient not be there after `patience`.
  bool would_keep(sip::Now now, const Request& request, sip::Milliseconds patience) const;
  /// Asks the store to keep a message for one of our users, which came at `received`, and with it what its
  /// sender is told of that, where it is wanted (RFC 5438 8.1). None where it is none to be kept.
  std::optional<sip::JobId> keep(sip::Now now, sip::UnixTime received, const Request& request, Sender sender,
                                 const std::string& user);
  /// The answer to StoreMessage.
  void stored(sip::JobId job, Stored outcome);
  /// The answer to LoadMessage or LoadExpired. Gives what waited for it (wait_for_load()).
  std::vector<sip::JobId> loaded(sip::Now now, sip::JobId job, const Loaded& loaded);

  /// Nobody knows yet whether messages wait for this user: others must not overtake them.
  bool is_loading(const std::string& user) const;
  void wait_for_load(const std::string& user, sip::JobId waiting);
  /// Messages wait for this user, who is registered: others go behind them.
  bool has_messages(const std::string& user) const;

  /// A device of the user can be reached that could not before, or says again that it can.
  enum class Reached : std::uint8_t { anew, again };
  void registered(const std::string& user, Reached reached);
  /// What came of something forwarded; false where that was not the mailbox's.
  bool concluded(sip::Now now, const Proxy::Outcome& outcome);
  /// What is told to senders of other domains.
  Outbox& outbox() { return outbox_; }
  /// What was its next_departure().
  void could_not_leave(sip::Now now);

  /// The relay runs.
  void start(sip::Now now);
  void advance(sip::Now now);
  /// The relay is to end: what is on its way goes on, and nothing else is begun with.
  void drain();
  std::optional<StoreQuestion> poll();
  /// What came of a stored message, for whoever counts.
  enum class Outcome : std::uint8_t {
    delivered,
    refused,    ///< by a device, and it waits for another one; or by the server of another domain
    postponed,  ///< this try failed
    expired,    ///< its time is over, and it is forgotten; whoever wants to know is told, or has no room
  };
  std::optional<Outcome> poll_outcome();
  /// How many users it knows of.
  std::size_t size() const { return boxes_.size(); }
  sip::Deadline deadline() const {
    return sip::earlier(outbox_.deadline(), sip::earlier(next_sweep_, rests_.earliest()));
  }

 private:
  /// Of a user who is registered and has messages.
  struct Box {
    enum class State : std::uint8_t {
      loading,     ///< the store is asked for the next one
      forwarding,  ///< `message` is on its way
      resting,     ///< a try failed
      refused,     ///< all that waits has been refused: it waits for another device, and what comes need not
    };
    State state = State::loading;
    MessageNumber last = MessageNumber::none;  ///< has been dealt with in this round, like all before it
    StoredMessage message = {};
    unsigned rests = 0;          ///< in a row
    MessageNumber refused = {};  ///< the message that was refused last, for a reason that may pass
    unsigned refusals = 0;       ///< how often in a row
    MessageNumber held_up = {};  ///< what waits up to this one has held up the others for long enough
    bool has_refused = false;    ///< in this round: something up to `last` still waits
    bool is_missed = false;      ///< likewise: by a device that may take it another time
    bool starts_over = false;  ///< the next to load begins a round, for a device has come that has seen none
    std::vector<sip::JobId> waiting = {};
  };
  /// What the final answer of a recipient's devices means for a stored message.
  enum class Verdict : std::uint8_t {
    delivered,
    refused,  ///< by a device, which would say the same again; the one that comes next may not
    refused_for_now,
    unreachable
  };
  static Verdict verdict(const Proxy::Outcome& outcome);

  std::string address_of(const std::string& user) const { return user + "@" + domain_.name(); }
  void begin(const std::string& user);
  void load(const std::string& user, Box& box);
  void forward(sip::Now now, const std::string& user, Box& box);
  void go_on(const std::string& user, Box& box);
  void pass_over(const std::string& user, Box& box);
  void end_round(sip::Now now, const std::string& user, Box& box);
  void rest(sip::Now now, const std::string& user, Box& box);
  void stay(const std::string& user, Box& box);
  void refused_for_now(sip::Now now, const std::string& user, Box& box);
  void forget(MessageNumber number);
  void expire(sip::Now now, const StoredMessage& message);
  void sweep(sip::Now now, sip::UnixTime after_time, MessageNumber after);
  void swept(sip::Now now, const Loaded& loaded);
  bool is_under_way(MessageNumber number) const;
  struct Notice {
    std::optional<std::string> user;  ///< whom it is for; none: somebody of another domain
    StoredMessage message;
  };
  std::optional<Notice> notice(sip::Now now, const Request& about, Fate fate, Sender sender);
  void replaced(MessageNumber number, Stored outcome);

  const Settings& settings_;
  const LocalDomain& domain_;
  const Location& location_;
  const TargetSet& targets_;
  const Authenticator& authenticator_;
  Proxy& proxy_;
  sip::JobIds& jobs_;
  sip::Random random_;
  Outbox outbox_;
  std::unordered_map<std::string, Box> boxes_;  ///< by user
  struct Storing {
    std::vector<std::string> users = {};  ///< for whom
    bool has_departure = false;           ///< something is for the outbox
    MessageNumber instead_of = MessageNumber::none;

    void add(std::optional<std::string> user) {
      has_departure = has_departure || !user;
      if (user) users.push_back(*std::move(user));
    }
  };
  std::unordered_map<sip::JobId, Storing> storing_;
  std::unordered_map<sip::JobId, std::string> loading_;            ///< for which user
  std::unordered_map<sip::TransactionId, std::string> forwarded_;  ///< likewise
  sip::DeadlineQueue<std::string> rests_;                          ///< by user
  sip::Deadline next_sweep_;
  sip::JobId sweep_ = sip::JobId::none;
  std::unordered_set<MessageNumber> forgotten_;     ///< since the store was asked for what `sweep_` is
  MessageNumber last_swept_ = MessageNumber::none;  ///< by the last sweep that found one to expire
  bool is_draining_ = false;
  std::deque<StoreQuestion> questions_;
  std::deque<Outcome> outcomes_;
};

}  // namespace relay
