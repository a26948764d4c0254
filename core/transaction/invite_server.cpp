#include "transaction/invite_server.h"

#include <algorithm>

namespace sip {

InviteServer::InviteServer(Instant now, Protocol protocol, const Timers& timers)
    : timers_(timers),
      is_reliable_(is_reliable(protocol)),
      trying_due_(now + Timers::invite_trying_delay),
      interval_(timers.t1),
      end_(now) {}

Deadline InviteServer::deadline() const {
  switch (state_) {
    case State::proceeding: return trying_due_;
    case State::completed: return earlier(timer_g_, end_);
    case State::confirmed:
    case State::accepted: return end_;
    case State::terminated: return std::nullopt;
  }
  return std::nullopt;
}

InviteServer::Step InviteServer::on_request() {
  switch (state_) {
    case State::proceeding: return has_responded_ ? Step::retransmit : Step::none;
    case State::completed: return Step::retransmit;
    // RFC 6026 7.1: absorbed; only the user sends a 2xx again.
    case State::accepted:
    case State::confirmed:
    case State::terminated: return Step::none;
  }
  return Step::none;
}

InviteServer::Step InviteServer::on_ack(Instant now) {
  switch (state_) {
    case State::completed:
      // 17.2.1: I is T4 over unreliable transports, zero over reliable ones.
      state_ = is_reliable_ ? State::terminated : State::confirmed;
      end_ = now + timers_.t4;
      return Step::none;
    // RFC 6026 7.1: passed up, not absorbed.
    case State::accepted: return Step::deliver;
    case State::proceeding:
    case State::confirmed:
    case State::terminated: return Step::none;
  }
  return Step::none;
}

InviteServer::Step InviteServer::on_response(Instant now, int status) {
  switch (state_) {
    case State::proceeding: break;
    // RFC 6026 7.1: the user's repeats of the 2xx go out.
    case State::accepted: return status >= 200 && status < 300 ? Step::send : Step::none;
    case State::completed:
    case State::confirmed:
    case State::terminated: return Step::none;
  }
  has_responded_ = true;
  trying_due_.reset();
  if (status < 200) return Step::send;
  if (status < 300) {
    state_ = State::accepted;
    end_ = now + timers_.timer_l();
    return Step::send;
  }
  state_ = State::completed;
  if (!is_reliable_) timer_g_ = now + interval_;
  end_ = now + timers_.timer_h();
  return Step::send;
}

InviteServer::Step InviteServer::on_deadline(Instant now) {
  switch (state_) {
    case State::proceeding:
      if (!trying_due_ || now < *trying_due_) return Step::none;
      trying_due_.reset();
      return Step::trying_due;
    case State::confirmed:
    case State::accepted:
      if (now >= end_) state_ = State::terminated;
      return Step::none;
    case State::terminated: return Step::none;
    case State::completed: break;
  }
  if (now >= end_) {
    state_ = State::terminated;
    return Step::unacknowledged;
  }
  if (!timer_g_ || now < *timer_g_) return Step::none;
  // 17.2.1: G doubles up to T2.
  interval_ = std::min(2 * interval_, timers_.t2);
  timer_g_ = now + interval_;
  return Step::retransmit;
}

}  // namespace sip
