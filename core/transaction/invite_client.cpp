#include "transaction/invite_client.h"

namespace sip {

InviteClient::InviteClient(Instant now, Protocol protocol, const Timers& timers)
    : timers_(timers),
      is_reliable_(is_reliable(protocol)),
      interval_(timers.t1),
      timer_b_(now + timers.timer_b()) {
  if (!is_reliable_) timer_a_ = now + interval_;
}

Deadline InviteClient::deadline() const {
  switch (state_) {
    case State::calling: return earlier(timer_a_, timer_b_);
    case State::completed:
    case State::accepted: return timer_d_or_m_;
    case State::proceeding:
    case State::terminated: return std::nullopt;
  }
  return std::nullopt;
}

InviteClient::Step InviteClient::on_response(Instant now, int status) {
  switch (state_) {
    case State::calling:
    case State::proceeding:
      if (status >= 200) return on_first_final(now, status);
      // 17.1.1.2: further provisional responses are passed up too; the INVITE is not sent again.
      state_ = State::proceeding;
      return Step::deliver;
    case State::completed: return status >= 300 ? Step::acknowledge : Step::none;
    // RFC 6026 7.2: other branches of a fork, and repeats, each for the user to acknowledge.
    case State::accepted: return status >= 200 && status < 300 ? Step::deliver : Step::none;
    case State::terminated: return Step::none;
  }
  return Step::none;
}

InviteClient::Step InviteClient::on_first_final(Instant now, int status) {
  if (status < 300) {
    state_ = State::accepted;
    timer_d_or_m_ = now + timers_.timer_m();
    return Step::deliver;
  }
  // 17.1.1.2: D is 32 s at least over unreliable transports, zero over reliable ones.
  state_ = is_reliable_ ? State::terminated : State::completed;
  timer_d_or_m_ = now + timers_.timer_d();
  return Step::refused;
}

InviteClient::Step InviteClient::on_deadline(Instant now) {
  switch (state_) {
    case State::proceeding:
    case State::terminated: return Step::none;
    case State::completed:
    case State::accepted:
      if (now >= *timer_d_or_m_) state_ = State::terminated;
      return Step::none;
    case State::calling: break;
  }
  if (now >= timer_b_) {
    state_ = State::terminated;
    return Step::timed_out;
  }
  if (!timer_a_ || now < *timer_a_) return Step::none;
  // 17.1.1.2: A doubles without an upper limit; B ends it.
  interval_ *= 2;
  timer_a_ = now + interval_;
  return Step::retransmit;
}

}  // namespace sip
