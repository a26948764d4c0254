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
std::string address_of(const std::string& text) {
  const auto request = KeptRequest::read(text);
  return std::string(request ? request->as(TransactionId::none, {}).message.request_uri() : "");
}

std::string domain_of(const std::string& address) {
  const auto uri = Uri::parse(address);
  return uri ? lower_case(without_final_dot(uri->host)) : std::string();
}

/// By another word than 503 a server speaks of one user.
bool is_of_server(const Proxy::Outcome& outcome) {
  return !outcome.response || outcome.response->status == 503;
}

/// 513 is also our own word of what no datagram takes, where nobody takes a connection for now (RFC 3261
/// 18.1.1).
bool is_for_good(const Proxy::Outcome& outcome) {
  return outcome.is_refused && outcome.response->status != 513;
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
  state_ = State::idle;
  const bool is_before = !turned_ || (loaded.message && loaded.message->number <= begun_);
  if (loaded.failed) {
    postpone(now);
  } else if (is_draining_) {
    return true;
  } else if (loaded.message && is_before) {
    leave(now, *loaded.message);
  } else if (begun_ != MessageNumber::none) {
    turn();
  } else if (has_more_) {
    load();
  } else if (!next_round_) {
    rests_ = 0;
  }
  return true;
}

/// From the last one to what is before that with which the round has begun, and from there to what has come
/// since.
void Outbox::turn() {
  if (turned_) {
    last_ = *std::exchange(turned_, std::nullopt);
    begun_ = MessageNumber::none;
  } else {
    turned_ = std::exchange(last_, MessageNumber::none);
  }
  load();
}

/// A server that says nothing holds up each round once, whatever waits for it.
void Outbox::leave(Now now, const StoredMessage& message) {
  last_ = message.number;
  address_ = address_of(message.request);
  domain_ = domain_of(address_);
  // Nothing that was put in: the disk has changed it.
  if (domain_.empty()) return forget();
  // What has expired the next sweep takes.
  if (message.expires_at <= now.wall || silent_.contains(domain_) || silent_.contains(address_))
    return load();
  state_ = State::leaving;
  departure_ = message.request;
}

std::optional<std::string> Outbox::next_departure() { return std::exchange(departure_, std::nullopt); }

/// It may be for one user that a server says nothing (RFC 4320 4.2): the next round begins with others.
void Outbox::could_not_leave(Now now) {
  if (held_up_ == MessageNumber::none) held_up_ = last_;
  pass_over(now, domain_);
}

std::optional<Outbox::Verdict> Outbox::concluded(Now now, const Proxy::Outcome& outcome) {
  if (forwarded_ == TransactionId::none || outcome.forwarded != forwarded_) return std::nullopt;
  forwarded_ = TransactionId::none;
  const bool is_taken = outcome.response && outcome.response->status < 300;
  if (!is_taken && is_of_server(outcome)) {
    could_not_leave(now);
    return Verdict::postponed;
  }
  if (!is_taken && !is_for_good(outcome)) {
    pass_over(now, address_);
    return Verdict::postponed;
  }
  forget();
  return is_taken ? Verdict::delivered : Verdict::refused;
}

void Outbox::forget() {
  questions_.emplace_back(ForgetMessage{last_});
  load();
}

void Outbox::pass_over(Now now, const std::string& whom) {
  silent_.insert(whom);
  postpone(now);
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
  turned_.reset();
  last_ = begun_ = std::exchange(held_up_, MessageNumber::none);
  load();
}

std::optional<StoreQuestion> Outbox::poll() {
  if (questions_.empty()) return std::nullopt;
  StoreQuestion question = std::move(questions_.front());
  questions_.pop_front();
  return question;
}

}  // namespace relay
