#include "transaction/non_invite_client.h"

#include <algorithm>

namespace sip {

NonInviteClient::NonInviteClient(Instant now, Protocol protocol, const Timers& timers)
    : timers_(timers),
      is_reliable_(is_reliable(protocol)),
      interval_(timers.t1),
      timer_f_(now + timers.timer_f()) {
  if (!is_reliable_) timer_e_ = now + interval_;
}

Deadline NonInviteClient::deadline() const {
  switch (state_) {
    case State::trying:
    case State::proceeding: return earlier(timer_e_, timer_f_);
    case State::completed: return timer_k_;
    case State::terminated: return std::nullopt;
  }
  return std::nullopt;
}

NonInviteClient::Step NonInviteClient::on_response(Instant now, int status) {
  switch (state_) {
    case State::trying:
    case State::proceeding: break;
    case State::completed:
    case State::terminated: return Step::none;
  }
  if (status < 200) {
    const bool is_first = state_ == State::trying;
    state_ = State::proceeding;
    return is_first ? Step::deliver : Step::none;
  }
  // 17.1.2.2: K is T4 over unreliable transports, zero over reliable ones.
  state_ = is_reliable_ ? State::terminated : State::completed;
  timer_k_ = now + timers_.t4;
  return Step::deliver;
}

NonInviteClient::Step NonInviteClient::on_deadline(Instant now) {
  switch (state_) {
    case State::terminated: return Step::none;
    case State::completed:
      if (now >= *timer_k_) state_ = State::terminated;
      return Step::none;
    case State::trying:
    case State::proceeding: break;
  }
  if (now >= timer_f_) {
    state_ = State::terminated;
    return Step::timed_out;
  }
  if (!timer_e_ || now < *timer_e_) return Step::none;
  // 17.1.2.2: E doubles up to T2 while trying, and is T2 once proceeding.
  interval_ = state_ == State::proceeding ? timers_.t2 : std::min(2 * interval_, timers_.t2);
  timer_e_ = now + interval_;
  return Step::retransmit;
}

}  // namespace sip
