#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "base/job_id.h"
#include "base/time.h"
#include "im/content_answers.h"
#include "transaction/timers.h"
#include "transaction/transaction_layer.h"

namespace sip {

/// A MESSAGE whose content has to be opened by the driver before it can be judged.
struct WaitingRequest {
  TransactionId transaction = TransactionId::none;
  std::string peer;  ///< peer_key() of From
  Instant due;       ///< then it is answered, whatever the driver does
  std::string to_tag;
  ContentAnswers answers;
  std::string text{};
  JobId job = JobId::none;  ///< none: it waits behind an earlier one
};

/// The requests that wait for an answer of the driver (docs/adr/0006). What one person has sent is judged in
/// the order in which it came, whatever is opened sooner.
class WaitingRequests {
 public:
  /// Messages of 65535 bytes at most: no more than 4 MB, as a page may hold.
  static constexpr std::size_t max_requests = 64;
  /// A sender keeps to one at a time (RFC 3428 8), from each of a few devices and once again after a lost
  /// connection. Whoever sends more has only themselves to wait for.
  static constexpr std::size_t max_of_one_peer = 8;
  /// How long one may wait. RFC 4320 4: after Timer F nobody heeds an answer any more. A quarter of it is
  /// left for the way, and for two repeats over UDP should the answer get lost.
  static Milliseconds patience(const Timers& timers) { return timers.timer_f() * 3 / 4; }

  bool has(const std::string& peer) const { return count(peer) > 0; }
  bool is_full_for(const std::string& peer) const {
    return requests_.size() >= max_requests || count(peer) >= max_of_one_peer;
  }
  void add(WaitingRequest request) { requests_.push_back(std::move(request)); }

  /// Takes the request that has asked, with the answer added to it; none when it is no answer to its
  /// question.
  std::optional<WaitingRequest> answered(JobId job, Answer& answer);
  /// Takes the first request of that peer, unless one of them has asked.
  std::optional<WaitingRequest> next_of(const std::string& peer);
  /// Takes a request whose time is over.
  std::optional<WaitingRequest> overdue(Now now);
  /// Null when that transaction does not wait.
  const WaitingRequest* find(TransactionId transaction) const;
  Deadline deadline() const;

 private:
  using Requests = std::deque<WaitingRequest>;
  std::size_t count(const std::string& peer) const;
  std::optional<WaitingRequest> take(const Requests::iterator& place);

  Requests requests_;
};

}  // namespace sip
