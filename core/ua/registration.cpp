#include "ua/registration.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "message/delta_seconds.h"
#include "message/retry_after.h"
#include "ua/redirection.h"

namespace sip {
namespace {

constexpr Seconds longest_retry_after{600};
constexpr Seconds longest_min_expires{86400};
/// RFC 5626 4.4.1.
constexpr Milliseconds pong_timeout{10'000};
constexpr Milliseconds goodbye_timeout{2000};
/// RFC 5626 4.5 calls a flow successful that has answered a keep-alive. One that has none is by its age.
constexpr Milliseconds proving_time{30'000};
/// RFC 5626 4.2.1: Retry-After 0 means at once. Said twice it would make us run in circles.
constexpr Milliseconds shortest_repeated_wait{1000};

/// RFC 5626 4.2.1, 4.4: the registrar that took part in outbound says so, and may say how often it wants to
/// be pinged.
std::optional<Milliseconds> ping_interval(const MessageView& response, Milliseconds longest) {
  const auto timer = delta_seconds(response, HeaderName::flow_timer);
  if (timer && timer->count() > 0) return std::min<Milliseconds>(*timer, longest);
  ValueReader required(response, HeaderName::require);
  while (const auto option = required.next())
    if (equal_ignoring_case(*option, "outbound")) return longest;
  return std::nullopt;
}

}  // namespace

Registration::Registration(const Account& account, std::string registrar, Random random)
    : random_(random),
      servers_(account.servers, account.recovery, random_.split()),
      own_registrar_(std::move(registrar)),
      longest_ping_interval_(account.ping_interval),
      expires_(account.expires),
      registrar_(own_registrar_) {}

void Registration::start() {
  if (state_ == State::idle) begin();
}

void Registration::stop(Now now) {
  if (state_ == State::idle || is_leaving()) return;
  if (flow_ == FlowId::none) return finish();
  due_ = now.mono + goodbye_timeout;
  // 10.2: one REGISTER at a time.
  if (state_ == State::registering) {
    is_stopping_ = true;
  } else {
    say_goodbye();
  }
}

void Registration::say_goodbye() {
  is_stopping_ = false;
  state_ = State::unregistering;
  ask(Seconds(0));
}

void Registration::network_available(Now now) {
  if (state_ == State::waiting) {
    const bool keeps_flow = flow_ != FlowId::none;
    // What a server has asked for by Retry-After holds for people too.
    if (keeps_flow && servers_.is_resting(now.mono)) return;
    const Milliseconds left = keeps_flow ? Milliseconds(0) : servers_.forgive(now.mono);
    if (left.count() == 0) return begin();
    due_ = now.mono + left;
  } else if (is_bound_ && ping_interval_ && !pong_due_) {
    // The network may be another one, and the flow dead.
    ping_due_ = now.mono;
    advance(now);
  }
}

void Registration::begin() {
  due_.reset();
  if (flow_ != FlowId::none) {
    state_ = State::registering;
    ask(expires_);
  } else {
    state_ = State::opening;
    actions_.push_back(Open{servers_.current()});
  }
}

void Registration::ask(Seconds expires) { actions_.push_back(Register{expires, registrar_, outbound_}); }

void Registration::flow_opened(FlowId flow, Protocol protocol) {
  if (state_ != State::opening) {
    left_ = flow;
    actions_.push_back(Close{flow});
    return;
  }
  flow_ = flow;
  can_ping_ = is_reliable(protocol);
  begin();
}

bool Registration::flow_closed(Now now, FlowId flow) {
  if (flow == left_) return false;
  if (flow != flow_ && state_ != State::opening) return false;
  flow_ = FlowId::none;
  if (is_leaving()) {
    finish();
  } else {
    flow_failed(now, {.trouble = RegistrationTrouble::connection_lost});
  }
  return true;
}

void Registration::pong() {
  if (!pong_due_) return;
  pong_due_.reset();
  servers_.succeeded();
}

void Registration::answered(Now now, const MessageView& response, std::string_view contact) {
  const int status = response.status();
  if (state_ == State::unregistering) return finish();
  if (is_stopping_) return status < 300 || is_bound_ ? say_goodbye() : finish();
  if (status < 300) return accepted(now, response, contact);
  if (try_otherwise(response)) return;
  Failed failed{
      .trouble = RegistrationTrouble::refused, .status = status, .phrase = std::string(response.reason())};
  const bool may_pass = status < 400 || status == 408 || status == 439 || (status >= 500 && status < 600);
  if (!may_pass) return give_up(std::move(failed));
  failed.trouble = RegistrationTrouble::server_trouble;
  server_troubled(now, response, std::move(failed));
}

void Registration::accepted(Now now, const MessageView& response, std::string_view contact) {
  GrantedBinding binding = GrantedBinding::read(response, contact, expires_);
  state_ = State::registered;
  if (!is_bound_) bound_at_ = now.mono;
  is_bound_ = true;
  due_ = now.mono + binding.refresh_after();
  ping_interval_ = can_ping_ ? ping_interval(response, longest_ping_interval_) : std::nullopt;
  if (!ping_due_) schedule_ping(now);
  actions_.push_back(Registered{std::move(binding), ServiceRoute::read(response)});
}

/// Whether the same flow, or another server, is asked at once in another way.
bool Registration::try_otherwise(const MessageView& response) {
  const int status = response.status();
  if (status < 400) return follow(response);
  if (status == 423) {  // 10.2.8
    const auto least = delta_seconds(response, HeaderName::min_expires);
    if (!least || *least <= expires_ || expires_ >= longest_min_expires) return false;
    expires_ = std::min(*least, longest_min_expires);
  } else if (status == 439 && outbound_ == Outbound::asked) {  // RFC 5626 4.2.1
    outbound_ = Outbound::not_asked;
  } else {
    return false;
  }
  ask(expires_);
  return true;
}

/// 8.1.3.4, but once: servers that point at each other are not run between.
bool Registration::follow(const MessageView& response) {
  auto target = is_redirected_ ? std::nullopt : Redirection::read(response, own_registrar_, servers_);
  if (!target) return false;
  if (target->server && *target->server != servers_.current()) {
    leave_flow();
    servers_.turn_to(*target->server);
  }
  is_redirected_ = true;
  registrar_ = std::move(target->registrar);
  begin();
  return true;
}

void Registration::server_troubled(Now now, const MessageView& response, Failed failed) {
  auto asked = retry_after(response);
  if (asked) asked = std::min(*asked, longest_retry_after);
  if (asked) servers_.rest_until(now.mono + *asked);
  note_success(now);
  // RFC 5626 4.2.2: a flow that stands is kept; 21.5.4: but who is not registered yet asks another server.
  if (response.status() < 400 || (!is_bound_ && servers_.has_alternative(now.mono)))
    return flow_failed(now, std::move(failed));
  const bool is_repeated = servers_.failures() > 0;
  const Milliseconds back_off = servers_.back_off();
  failed.retry_in = asked ? Milliseconds(*asked) : back_off;
  if (asked && is_repeated) failed.retry_in = std::max(*failed.retry_in, shortest_repeated_wait);
  wait(now, std::move(failed));
}

void Registration::unanswered(Now now) {
  if (is_leaving()) return finish();
  flow_failed(now, {.trouble = RegistrationTrouble::no_answer});
}

void Registration::credentials_refused(int status, std::string_view phrase) {
  if (is_leaving()) return finish();
  give_up({.trouble = RegistrationTrouble::wrong_password, .status = status, .phrase = std::string(phrase)});
}

void Registration::token_refused(int status, std::string_view phrase, const BearerChallenge& challenge) {
  if (is_leaving()) return finish();
  give_up({.trouble = RegistrationTrouble::token_needed,
           .status = status,
           .phrase = std::string(phrase),
           .authz_server = challenge.authz_server,
           .scope = challenge.scope});
}

void Registration::advance(Now now) {
  if (pong_due_ && *pong_due_ <= now.mono) {
    if (is_leaving()) return finish();
    return flow_failed(now, {.trouble = RegistrationTrouble::connection_lost});
  }
  if (ping_due_ && *ping_due_ <= now.mono) {
    actions_.push_back(Ping{});
    pong_due_ = now.mono + pong_timeout;
    schedule_ping(now);
  }
  if (!due_ || *due_ > now.mono) return;
  if (is_leaving()) {
    finish();
  } else {
    begin();
  }
}

std::optional<Registration::Action> Registration::poll() {
  if (actions_.empty()) return std::nullopt;
  Action action = std::move(actions_.front());
  actions_.pop_front();
  return action;
}

/// The next server is tried at once, or all of them after a while (RFC 5626 4.5).
void Registration::flow_failed(Now now, Failed failed) {
  note_success(now);
  leave_flow();
  failed.retry_in = servers_.failed(now.mono);
  wait(now, std::move(failed));
}

void Registration::wait(Now now, Failed failed) {
  const Milliseconds time = *failed.retry_in;
  actions_.push_back(std::move(failed));
  state_ = State::waiting;
  due_ = now.mono + time;
  if (time.count() == 0) begin();
}

void Registration::note_success(Now now) {
  if (is_bound_ && !ping_interval_ && now.mono - bound_at_ >= proving_time) servers_.succeeded();
}

void Registration::give_up(Failed failed) {
  leave_flow();
  state_ = State::idle;
  due_.reset();
  actions_.push_back(std::move(failed));
}

/// Each new flow begins as if there had been none.
void Registration::leave_flow() {
  if (flow_ != FlowId::none) {
    actions_.push_back(Close{flow_});
    left_ = flow_;
  }
  flow_ = FlowId::none;
  is_bound_ = false;
  is_redirected_ = false;
  registrar_ = own_registrar_;
  outbound_ = Outbound::asked;
  ping_due_.reset();
  pong_due_.reset();
}

void Registration::finish() {
  leave_flow();
  state_ = State::idle;
  is_stopping_ = false;
  due_.reset();
  actions_.push_back(Unregistered{});
}

void Registration::schedule_ping(Now now) {
  ping_due_.reset();
  if (!ping_interval_) return;
  // RFC 5626 4.4.1: drawn between 80 and 100 percent, so that clients do not ping in step.
  const auto percent = static_cast<std::int64_t>(80 + random_.below(21));
  ping_due_ = now.mono + *ping_interval_ * percent / 100;
}

}  // namespace sip
