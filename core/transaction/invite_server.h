#pragma once

#include "base/time.h"
#include "transaction/timers.h"
#include "transport/endpoint.h"

namespace sip {

/// The INVITE server transaction of RFC 3261 17.2.1 with the Accepted state of RFC 6026 7.1 (its figure 7).
/// In Proceeding it waits without end: its user answers in any case.
class InviteServer {
 public:
  enum class State : std::uint8_t { proceeding, completed, confirmed, accepted, terminated };
  enum class Step : std::uint8_t {
    none,
    send,            ///< send the response that was given
    retransmit,      ///< send the last response again
    deliver,         ///< the ACK is for the transaction's user
    trying_due,      ///< no answer yet: it is time for 100
    unacknowledged,  ///< Timer H: no ACK came; tell the user; the transaction has ended
  };

  InviteServer(Instant now, Protocol protocol, const Timers& timers);

  State state() const { return state_; }
  bool has_responded() const { return has_responded_; }
  /// When to call on_deadline(); none once terminated, and none while proceeding after a first response.
  Deadline deadline() const;
  /// The INVITE came again.
  Step on_request();
  Step on_ack(Instant now);
  /// The transaction's user answers; `status` is 100..699.
  Step on_response(Instant now, int status);
  Step on_deadline(Instant now);

 private:
  Timers timers_;
  bool is_reliable_;
  bool has_responded_ = false;
  State state_ = State::proceeding;
  Deadline trying_due_;
  Milliseconds interval_;  ///< what Timer G was last set to
  Deadline timer_g_;
  Instant end_;  ///< H in Completed, I in Confirmed, L in Accepted
};

}  // namespace sip
