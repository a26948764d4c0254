#pragma once

#include "base/time.h"
#include "transaction/timers.h"
#include "transport/endpoint.h"

namespace sip {

/// The non-INVITE client transaction of RFC 3261 17.1.2, figure 6. Making one means that the request is being
/// sent.
class NonInviteClient {
 public:
  enum class State : std::uint8_t { trying, proceeding, completed, terminated };
  enum class Step : std::uint8_t {
    none,        ///< nothing to do; a repeated response, for one
    deliver,     ///< give the response to the transaction's user
    retransmit,  ///< send the request again
    timed_out,   ///< Timer F: tell the user; the transaction has ended
  };

  NonInviteClient(Instant now, Protocol protocol, const Timers& timers);

  State state() const { return state_; }
  /// When to call on_deadline(); none once terminated.
  Deadline deadline() const;
  /// `status` is 100..699.
  Step on_response(Instant now, int status);
  Step on_deadline(Instant now);

 private:
  Timers timers_;
  bool is_reliable_;
  State state_ = State::trying;
  Milliseconds interval_;  ///< what Timer E was last set to
  Deadline timer_e_;
  Instant timer_f_;
  Deadline timer_k_;
};

}  // namespace sip
