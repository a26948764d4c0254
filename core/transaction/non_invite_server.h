#pragma once

#include "base/time.h"
#include "transaction/timers.h"
#include "transport/endpoint.h"

namespace sip {

/// The non-INVITE server transaction of RFC 3261 17.2.2, figure 8, with the 100 of RFC 4320 4.1.
class NonInviteServer {
 public:
  enum class State : std::uint8_t { trying, proceeding, completed, terminated };
  enum class Step : std::uint8_t {
    none,
    send,        ///< send the response that was given
    retransmit,  ///< send the last response again
    trying_due,  ///< no answer yet and none was sent: it is time for 100 (RFC 4320 4.1)
  };

  NonInviteServer(Instant now, Protocol protocol, const Timers& timers);

  State state() const { return state_; }
  /// When to call on_deadline(); none once terminated.
  Deadline deadline() const;
  /// The same request came again.
  Step on_request();
  /// The transaction's user answers; `status` is 100..699.
  Step on_response(Instant now, int status);
  Step on_deadline(Instant now);

 private:
  Timers timers_;
  bool is_reliable_;
  State state_ = State::trying;
  Instant started_;
  Deadline trying_due_;
  Deadline timer_j_;
};

}  // namespace sip
