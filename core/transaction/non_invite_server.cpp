#include "transaction/non_invite_server.h"

namespace sip {

NonInviteServer::NonInviteServer(Instant now, Protocol protocol, const Timers& timers)
    : timers_(timers),
      is_reliable_(is_reliable(protocol)),
      started_(now),
      trying_due_(now + timers.trying_delay()) {}

Deadline NonInviteServer::deadline() const {
  switch (state_) {
    // The client has given up when F has passed, and nobody will answer any more: RFC 4320 4.2 leaves no
    // other end.
    case State::trying: return trying_due_ ? trying_due_ : Deadline(started_ + 2 * timers_.timer_f());
    case State::proceeding: return started_ + 2 * timers_.timer_f();
    case State::completed: return timer_j_;
    case State::terminated: return std::nullopt;
  }
  return std::nullopt;
}

NonInviteServer::Step NonInviteServer::on_request() {
  switch (state_) {
    case State::trying: return Step::none;
    case State::proceeding:
    case State::completed: return Step::retransmit;
    case State::terminated: return Step::none;
  }
  return Step::none;
}

NonInviteServer::Step NonInviteServer::on_response(Instant now, int status) {
  switch (state_) {
    case State::trying:
    case State::proceeding: break;
    // 17.2.2: any other final response is discarded.
    case State::completed:
    case State::terminated: return Step::none;
  }
  if (status < 200) {
    state_ = State::proceeding;
    return Step::send;
  }
  // 17.2.2: J is 64*T1 over unreliable transports, zero over reliable ones.
  state_ = is_reliable_ ? State::terminated : State::completed;
  timer_j_ = now + timers_.timer_j();
  return Step::send;
}

NonInviteServer::Step NonInviteServer::on_deadline(Instant now) {
  switch (state_) {
    case State::completed:
      if (now >= *timer_j_) state_ = State::terminated;
      return Step::none;
    case State::trying:
      if (trying_due_ && now >= *trying_due_) {
        trying_due_.reset();
        return Step::trying_due;
      }
      [[fallthrough]];
    case State::proceeding:
      if (now >= started_ + 2 * timers_.timer_f()) state_ = State::terminated;
      return Step::none;
    case State::terminated: return Step::none;
  }
  return Step::none;
}

}  // namespace sip
