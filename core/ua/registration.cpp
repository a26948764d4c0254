#include "ua/registration.h"

#include <algorithm>

#include "base/ascii.h"
#include "message/contact.h"

namespace sip {
namespace {

/// RFC 5626 4.5 asks for 30 s and 1800 s where telephones come back by the thousand. A person waits in front
/// of this one, and the jitter spreads the others.
constexpr Milliseconds first_back_off{1000};
constexpr Milliseconds longest_back_off{30'000};
constexpr Seconds longest_retry_after{600};
constexpr Seconds longest_min_expires{86400};
/// RFC 5626 4.4.1: at most this between pings, and this long for the pong.
constexpr Milliseconds longest_ping_interval{30'000};
constexpr Milliseconds pong_timeout{10'000};
constexpr Milliseconds goodbye_timeout{2000};

std::optional<Seconds> seconds_in(std::optional<std::string_view> value, Seconds longest) {
  if (!value) return std::nullopt;
  // 20.33: a comment and parameters may follow the number.
  const std::string_view digits = value->substr(0, value->find_first_not_of("0123456789"));
  const auto number = parse_decimal(digits, 0xffff'ffff);
  if (!number) return std::nullopt;
  return std::min(Seconds(static_cast<std::int64_t>(*number)), longest);
}

/// 10.2.4: what the registrar granted to our contact.
Seconds granted(const MessageView& response, std::string_view contact, Seconds asked) {
  const auto ours = Uri::parse(contact);
  ValueReader contacts(response, HeaderName::contact);
  while (const auto value = contacts.next()) {
    const auto entry = Contact::parse(*value);
    if (!ours || !entry || entry->star || !equivalent(entry->address.uri, *ours)) continue;
    if (entry->expires) return std::max(*entry->expires, Seconds(1));
  }
  const auto whole = seconds_in(response.value(HeaderName::expires), longest_min_expires);
  return std::max(whole.value_or(asked), Seconds(1));
}

/// RFC 5626 5.4: the registrar that took part in outbound says so, and may say how often it wants to be
/// pinged.
std::optional<Milliseconds> ping_interval(const MessageView& response) {
  for (const HeaderField& field : response.fields())
    if (equal_ignoring_case(field.name_text, "Flow-Timer"))
      if (const auto timer = seconds_in(field.value, Seconds(3600)); timer && timer->count() > 0)
        return std::min<Milliseconds>(*timer, longest_ping_interval);
  ValueReader required(response, HeaderName::require);
  while (const auto option = required.next())
    if (equal_ignoring_case(*option, "outbound")) return longest_ping_interval;
  return std::nullopt;
}

}  // namespace

void Registration::start() {
  if (state_ == State::idle) begin();
}

void Registration::stop(Now now) {
  if (state_ == State::idle || state_ == State::unregistering || is_stopping_) return;
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
  actions_.push_back(Register{Seconds(0)});
}

void Registration::network_available(Now now) {
  if (state_ == State::waiting) {
    failures_ = 0;
    begin();
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
    actions_.push_back(Register{expires_});
  } else {
    state_ = State::opening;
    actions_.push_back(Open{});
  }
}

void Registration::flow_opened(FlowId flow) {
  if (state_ != State::opening) {
    left_ = flow;
    actions_.push_back(Close{flow});
    return;
  }
  flow_ = flow;
  begin();
}

bool Registration::flow_closed(Now now, FlowId flow) {
  if (flow == left_) return false;
  if (flow != flow_ && state_ != State::opening) return false;
  flow_ = FlowId::none;
  if (state_ == State::unregistering || is_stopping_) {
    finish();
  } else {
    retry(now, {.trouble = RegistrationTrouble::connection_lost, .status = 0, .phrase = {}, .retry_in = {}},
          {});
  }
  return true;
}

void Registration::answered(Now now, const MessageView& response, std::string_view contact) {
  const int status = response.status();
  if (state_ == State::unregistering) return finish();
  if (is_stopping_) return status < 300 || is_bound_ ? say_goodbye() : finish();
  if (status < 300) return accepted(now, response, contact);
  if (status == 423) {  // 10.2.8
    const auto least = seconds_in(response.value(HeaderName::min_expires), longest_min_expires);
    if (least && *least > expires_) {
      expires_ = *least;
      actions_.push_back(Register{expires_});
      return;
    }
  }
  Failed failed{.trouble = RegistrationTrouble::refused,
                .status = status,
                .phrase = std::string(response.reason()),
                .retry_in = {}};
  if (status != 408 && (status < 500 || status >= 600)) return give_up(std::move(failed));
  failed.trouble = RegistrationTrouble::server_trouble;
  retry(now, std::move(failed), seconds_in(response.value(HeaderName::retry_after), longest_retry_after));
}

void Registration::accepted(Now now, const MessageView& response, std::string_view contact) {
  const Seconds expires = granted(response, contact, expires_);
  state_ = State::registered;
  is_bound_ = true;
  failures_ = 0;
  // 10.2.4: refreshed before it runs out, with time for a lost answer.
  due_ = now.mono + Milliseconds(expires) * 9 / 10;
  ping_interval_ = ping_interval(response);
  if (!ping_due_) schedule_ping(now);
  actions_.push_back(Registered{expires});
}

void Registration::unanswered(Now now) {
  if (state_ == State::unregistering || is_stopping_) return finish();
  leave_flow();
  retry(now, {.trouble = RegistrationTrouble::no_answer, .status = 0, .phrase = {}, .retry_in = {}}, {});
}

void Registration::credentials_refused(int status, std::string_view phrase) {
  if (state_ == State::unregistering || is_stopping_) return finish();
  give_up({.trouble = RegistrationTrouble::wrong_password,
           .status = status,
           .phrase = std::string(phrase),
           .retry_in = {}});
}

void Registration::advance(Now now) {
  if (pong_due_ && *pong_due_ <= now.mono) {
    if (state_ == State::unregistering || is_stopping_) return finish();
    leave_flow();
    retry(now, {.trouble = RegistrationTrouble::connection_lost, .status = 0, .phrase = {}, .retry_in = {}},
          {});
  }
  if (ping_due_ && *ping_due_ <= now.mono) {
    actions_.push_back(Ping{});
    pong_due_ = now.mono + pong_timeout;
    schedule_ping(now);
  }
  if (!due_ || *due_ > now.mono) return;
  if (state_ == State::unregistering || is_stopping_) {
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

void Registration::retry(Now now, Failed failed, std::optional<Milliseconds> wait) {
  if (flow_ == FlowId::none) {
    is_bound_ = false;
    ping_due_.reset();
    pong_due_.reset();
  }
  failed.retry_in = wait.value_or(back_off());
  due_ = now.mono + *failed.retry_in;
  state_ = State::waiting;
  actions_.push_back(std::move(failed));
}

void Registration::give_up(Failed failed) {
  leave_flow();
  state_ = State::idle;
  due_.reset();
  actions_.push_back(std::move(failed));
}

void Registration::leave_flow() {
  if (flow_ != FlowId::none) {
    actions_.push_back(Close{flow_});
    left_ = flow_;
  }
  flow_ = FlowId::none;
  is_bound_ = false;
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

Milliseconds Registration::back_off() {
  const Milliseconds longest =
      std::min<Milliseconds>(first_back_off * (1LL << std::min(failures_, 10U)), longest_back_off);
  ++failures_;
  return longest * static_cast<std::int64_t>(50 + random_.below(51)) / 100;
}

}  // namespace sip
