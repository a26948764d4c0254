#pragma once
#include <cstdint>
#include <map>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "base.h"
#include "network.h"
#include "options.h"
#include "sip_text.h"

namespace load {

/// What became of everything. In a run without fault only the first three are not 0.
struct Counts {
  std::uint64_t sent = 0;
  std::uint64_t accepted = 0;  // answered 2xx
  std::uint64_t registered = 0;
  std::uint64_t refused = 0;  // answered otherwise
  std::uint64_t unanswered = 0;
  std::uint64_t answered_late = 0;
  std::uint64_t lost = 0;     // accepted, but did not arrive
  std::uint64_t doubled = 0;  // arrived twice by different branches
  std::uint64_t wrong_recipient = 0;
  std::uint64_t wrong_sender = 0;
  std::uint64_t wrong_body = 0;
  std::uint64_t wrong_answer = 0;  // for nobody, or on the wrong connection
  std::uint64_t unreadable = 0;
  std::uint64_t closed = 0;
  std::uint64_t registrations_refused = 0;
  std::uint64_t resent = 0;    // over UDP; no fault
  std::uint64_t repeated = 0;  // by the relay over UDP; no fault
  bool is_right() const;
};

/// A span of time that counts.
struct Measured {
  Nanoseconds start = 0;
  Nanoseconds end = 0;
  bool holds(Nanoseconds time) const { return time >= start && time < end; }
};

/// The users: they register, write, answer, and check what comes.
class Traffic final : public Receiver {
 public:
  Traffic(const Options& options, Random& random);

  void join(Network& network) { network_ = &network; }
  void take(const Event& event) override;

  /// Opens and registers those users that come next, so that no more than `Options::opened_at_once` do at a
  /// time.
  void register_more();
  /// Whether all users are registered or have failed to be.
  bool has_registered() const { return ready_ + failed_ == network_->size(); }
  std::uint32_t ready() const { return ready_; }

  /// Everybody who is there begins to do the work; what ends within the span counts.
  void begin(Measured measured);
  void end() { is_working_ = false; }
  /// Sends those messages of an open loop that are due; gives the time of the next one.
  Nanoseconds send_due(Nanoseconds time);
  /// Gives up and sends again what it is time for.
  void look_at_clock(Nanoseconds time);
  bool has_answers() const { return counts_.accepted + counts_.refused + counts_.unanswered >= counts_.sent; }
  /// Counts what never came.
  void close_books();

  const Counts& counts() const { return counts_; }
  const std::map<unsigned, std::uint64_t>& statuses() const { return statuses_; }
  const std::set<std::string>& troubles() const { return troubles_; }
  std::uint64_t measured() const { return measured_count_; }
  /// Nanoseconds of what was measured: until the answer, until delivery.
  std::vector<Nanoseconds> round_trips() const;
  std::vector<Nanoseconds> deliveries() const;

 private:
  struct User {
    bool is_registering = false;
    bool is_ready = false;
    std::uint32_t cseq = 0;
    std::uint64_t call = 0;
    Nanoseconds registered_at = 0;
  };
  struct Record {
    Nanoseconds sent_at = 0;
    Nanoseconds delivered_at = 0;
    Nanoseconds answered_at = 0;
    std::uint64_t nonce = 0;
    std::uint64_t branch = 0;  // a hash of that by which it was delivered
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    unsigned status = 0;
    bool was_given_up = false;
  };
  struct Repeat {
    Nanoseconds time;
    std::uint32_t number;
    Nanoseconds interval;
    bool operator>(const Repeat& other) const { return time > other.time; }
  };

  void register_user(std::uint32_t user);
  void take_registration(const SipText& sip, const Event& event);
  void take_request(const SipText& sip, const Event& event);
  bool check_message(const SipText& sip, std::uint32_t user, const Event& event);
  void take_answer(const SipText& sip, const Event& event);
  std::uint32_t take_turn();
  void send_next(std::uint32_t sender, Nanoseconds time);
  void send_message(std::uint32_t from, Nanoseconds time);
  void transmit(std::uint32_t number);
  void note(std::string_view trouble);
  Text text_of(std::uint32_t number) const;
  Place place_of(std::uint32_t user) const;

  const Options& options_;
  Random& random_;
  Network* network_ = nullptr;
  SipWriter writer_;
  std::vector<User> users_;
  std::vector<Record> records_;
  std::vector<Nanoseconds> registration_times_;
  std::priority_queue<Repeat, std::vector<Repeat>, std::greater<>> repeats_;
  Counts counts_;
  std::map<unsigned, std::uint64_t> statuses_;
  std::set<std::string> troubles_;
  std::uint32_t opened_ = 0;
  std::uint32_t ready_ = 0;
  std::uint32_t failed_ = 0;
  std::uint32_t next_sender_ = 0;
  std::uint64_t scheduled_ = 0;
  std::size_t oldest_ = 0;  // record that may still be unanswered
  std::uint64_t measured_count_ = 0;
  Nanoseconds began_ = 0;
  Nanoseconds last_look_ = 0;
  Measured measured_;
  bool is_working_ = false;
};

}  // namespace load
