#include "logic/outbox.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "logic/request.h"
#include "message/uri.h"

namespace relay {

using namespace sip;

namespace {

/// Empty where the text is no request.
std::string domain_of(const std::string& text) {
  const auto request = KeptRequest::read(text);
  const auto uri =
      request ? Uri::parse(request->as(TransactionId::none, {}).message.request_uri()) : Result<Uri>(Error{});
  return uri ? lower_case(without_final_dot(uri->host)) : std::string();
}

}  // namespace

void Outbox::begin() {
  has_more_ = true;
  if (state_ == State::idle) load();
}

void Outbox::load() {
  if (is_draining_) {
    state_ = State::idle;
    return;
  }
  state_ = State::loading;
  has_more_ = false;
  loading_ = jobs_.draw();
  questions_.emplace_back(LoadMessage{loading_, std::string(recipient), last_});
}

bool Outbox::loaded(Now now, JobId job, const Loaded& loaded) {
  if (job == JobId::none || job != loading_) return false;
  loading_ = JobId::none;
  if (loaded.message) {
    leave(now, *loaded.message);
    return true;
  }
  state_ = State::idle;
  if (loaded.failed) {
    postpone(now);
  } else if (has_more_) {
    load();
  } else if (!next_round_) {
    rests_ = 0;
  }
  return true;
}

/// A server that says nothing holds up each round once, whatever waits for it.
void Outbox::leave(Now now, const StoredMessage& message) {
  last_ = message.number;
  domain_ = domain_of(message.request);
  // Nothing that was put in: the disk has changed it.
  if (domain_.empty()) return forget();
  // What has expired the next sweep takes.
  if (message.expires_at <= now.wall || silent_.contains(domain_)) return load();
  state_ = State::leaving;
  departure_ = message.request;
}

std::optional<std::string> Outbox::next_departure() { return std::exchange(departure_, std::nullopt); }

void Outbox::could_not_leave(Now now) {
  postpone(now);
  silent_.insert(domain_);
  load();
}

std::optional<Outbox::Verdict> Outbox::concluded(Now now, const Proxy::Outcome& outcome) {
  if (forwarded_ == TransactionId::none || outcome.forwarded != forwarded_) return std::nullopt;
  forwarded_ = TransactionId::none;
  const bool is_taken = outcome.response && outcome.response->status < 300;
  if (!is_taken && !outcome.is_refused) {
    could_not_leave(now);
    return Verdict::postponed;
  }
  forget();
  return is_taken ? Verdict::delivered : Verdict::refused;
}

void Outbox::forget() {
  questions_.emplace_back(ForgetMessage{last_});
  load();
}

void Outbox::postpone(Now now) {
  if (next_round_) return;
  const unsigned doublings = std::min(rests_++, 10U);
  next_round_ = now.mono + std::min(first_rest * (1 << doublings), longest_rest);
}

void Outbox::advance(Now now) {
  if (!next_round_ || *next_round_ > now.mono) return;
  // This round comes first.
  if (state_ != State::idle) {
    next_round_ = now.mono + first_rest;
    return;
  }
  next_round_.reset();
  silent_.clear();
  last_ = MessageNumber::none;
  load();
}

std::optional<StoreQuestion> Outbox::poll() {
  if (questions_.empty()) return std::nullopt;
  StoreQuestion question = std::move(questions_.front());
  questions_.pop_front();
  return question;
}

}  // namespace relay
