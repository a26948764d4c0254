#pragma once

#include "base/time.h"
#include "transaction/timers.h"
#include "transport/endpoint.h"

namespace sip {

/// The INVITE client transaction of RFC 3261 17.1.1 with the Accepted state of RFC 6026 7.2 (its figure 5).
/// Making one means that the INVITE is being sent. In Proceeding it waits without end: how long that may take
/// is for its user to say (16.8, 9.1).
class InviteClient {
 public:
  enum class State : std::uint8_t { calling, proceeding, completed, accepted, terminated };
  enum class Step : std::uint8_t {
    none,
    deliver,      ///< give the response to the transaction's user
    refused,      ///< give it to the user, and send the ACK (17.1.1.3)
    acknowledge,  ///< a repeat of the refusal: send the ACK again, and that is all
    retransmit,   ///< send the INVITE again
    timed_out,    ///< Timer B: tell the user; the transaction has ended
  };

  InviteClient(Instant now, Protocol protocol, const Timers& timers);

  State state() const { return state_; }
  /// When to call on_deadline(); none once terminated, and none while proceeding.
  Deadline deadline() const;
  /// `status` is 100..699.
  Step on_response(Instant now, int status);
  Step on_deadline(Instant now);

 private:
  Step on_first_final(Instant now, int status);

  Timers timers_;
  bool is_reliable_;
  State state_ = State::calling;
  Milliseconds interval_;  ///< what Timer A was last set to
  Deadline timer_a_;
  Instant timer_b_;
  Deadline timer_d_or_m_;  ///< D in Completed, M in Accepted
};

}  // namespace sip
