#include "logic/mailbox.h"

#include <algorithm>
#include <utility>

#include "logic/stored_message.h"

namespace relay {

using namespace sip;

namespace {

Mailbox::Outcome as_outcome(Outbox::Verdict verdict) {
  switch (verdict) {
    case Outbox::Verdict::delivered: return Mailbox::Outcome::delivered;
    case Outbox::Verdict::refused: return Mailbox::Outcome::refused;
    case Outbox::Verdict::postponed: return Mailbox::Outcome::postponed;
  }
  return Mailbox::Outcome::postponed;
}

}  // namespace

bool Mailbox::would_keep(Now now, const Request& request, Milliseconds patience) const {
  return settings_.keeps_messages_for && is_for_later(request) &&
         expiry(now.wall, request, *settings_.keeps_messages_for) > now.wall + patience;
}

std::optional<JobId> Mailbox::keep(Now now, UnixTime received, const Request& request, Sender sender,
                                   const std::string& user) {
  if (!settings_.keeps_messages_for) return std::nullopt;
  auto message =
      stored_message(now, received, request, address_of(user), authenticator_, *settings_.keeps_messages_for);
  if (!message) return std::nullopt;
  message->sender = sender;
  const JobId job = jobs_.draw();
  Storing storing{.users = {user}};
  StoreMessage question{job, std::move(*message)};
  if (auto told = notice(now, request, Fate::stored, sender)) {
    storing.add(std::move(told->user));
    question.notice = std::move(told->message);
  }
  storing_.emplace(job, std::move(storing));
  questions_.emplace_back(std::move(question));
  return job;
}

void Mailbox::stored(JobId job, Stored outcome) {
  const auto node = storing_.extract(job);
  if (node.empty()) return;
  const Storing& storing = node.mapped();
  if (storing.instead_of != MessageNumber::none) replaced(storing.instead_of, outcome);
  const bool is_there = outcome == Stored::stored || outcome == Stored::repeat;
  // Came in the meantime, or was there all along and did not answer.
  for (const std::string& user : storing.users)
    if (is_there && !location_.bindings(user).empty()) begin(user);
  if (is_there && storing.has_departure) outbox_.begin();
}

/// Until its sender can be told a message stays, and the next sweep finds it again: the store may work then.
void Mailbox::replaced(MessageNumber number, Stored outcome) {
  switch (outcome) {
    case Stored::stored: outcomes_.push_back(Outcome::expired); break;
    case Stored::full:
      outcomes_.push_back(Outcome::expired);
      forget(number);
      break;
    case Stored::repeat:  // it was gone already
    case Stored::failed: break;
  }
}

bool Mailbox::is_loading(const std::string& user) const {
  const auto box = boxes_.find(user);
  return box != boxes_.end() && box->second.state == Box::State::loading;
}

void Mailbox::wait_for_load(const std::string& user, JobId waiting) {
  boxes_.at(user).waiting.push_back(waiting);
}

bool Mailbox::has_messages(const std::string& user) const {
  const auto box = boxes_.find(user);
  // Of whoever has none it is to be asked whether there still is such an account.
  if (box == boxes_.end() || location_.bindings(user).empty()) return false;
  return box->second.state == Box::State::forwarding || box->second.state == Box::State::resting;
}

void Mailbox::registered(const std::string& user, Reached reached) {
  if (!settings_.keeps_messages_for) return;
  const auto found = boxes_.find(user);
  // Whoever has no box by now has no messages.
  if (found == boxes_.end()) {
    if (reached == Reached::anew) begin(user);
    return;
  }
  Box& box = found->second;
  if (reached == Reached::anew) box.starts_over = true;
  if (box.state == Box::State::resting || (box.state == Box::State::refused && box.starts_over))
    load(user, box);
}

void Mailbox::begin(const std::string& user) {
  const auto [box, is_new] = boxes_.try_emplace(user);
  if (is_new || box->second.state == Box::State::refused) load(user, box->second);
}

/// One at a time: a recipient's messages take no more memory than one has.
void Mailbox::load(const std::string& user, Box& box) {
  if (is_draining_) return stay(user, box);
  if (std::exchange(box.starts_over, false)) {
    box.last = MessageNumber::none;
    box.has_refused = box.is_missed = false;
  }
  box.state = Box::State::loading;
  rests_.set(user, std::nullopt);
  const JobId job = jobs_.draw();
  loading_.emplace(job, user);
  questions_.emplace_back(LoadMessage{job, address_of(user), box.last});
}

std::vector<JobId> Mailbox::loaded(Now now, JobId job, const Loaded& loaded) {
  if (job == sweep_) {
    swept(now, loaded);
    return {};
  }
  if (outbox_.loaded(now, job, loaded)) return {};
  const auto node = loading_.extract(job);
  if (node.empty()) return {};
  const std::string& user = node.mapped();
  Box& box = boxes_.at(user);
  std::vector<JobId> waiting = std::exchange(box.waiting, {});
  if (loaded.failed) {
    rest(now, user, box);
  } else if (!loaded.message) {
    end_round(now, user, box);
  } else if (loaded.message->expires_at <= now.wall) {
    // The store deals with questions in order: no more than one sweep can have been answered in between.
    if (loaded.message->number != last_swept_) expire(now, *loaded.message);
    box.last = loaded.message->number;
    load(user, box);
  } else {
    box.message = *loaded.message;
    forward(now, user, box);
  }
  return waiting;
}

void Mailbox::forward(Now now, const std::string& user, Box& box) {
  if (is_draining_) return stay(user, box);
  const auto kept = KeptRequest::read(box.message.request);
  const auto uri =
      kept ? Uri::parse(kept->as(TransactionId::none, {}).message.request_uri()) : Result<Uri>(Error{});
  const auto recipient = uri ? targets_.recipient_of(*uri) : std::nullopt;
  if (!recipient) {
    // Nothing that was put in: the disk has changed it.
    forget(box.message.number);
    return go_on(user, box);
  }
  const Request request = kept->as(TransactionId::none, {});
  const auto targets = targets_.targets_of(*recipient, request);
  // It waits for the next one to register.
  if (targets.empty()) return rest(now, user, box);
  box.state = Box::State::forwarding;
  // Whoever came while the first one was loaded gets it, and all that follows.
  if (box.last == MessageNumber::none) box.starts_over = false;
  const auto forwarded = proxy_.forward(now, request, targets, 480);
  if (const auto* id = std::get_if<TransactionId>(&forwarded)) {
    forwarded_.emplace(*id, user);
  } else {
    // Too much is under way: its time will come.
    if (std::get<Answer>(forwarded).status == 503) {
      outcomes_.push_back(Outcome::postponed);
      return rest(now, user, box);
    }
    outcomes_.push_back(Outcome::refused);
    pass_over(user, box);
  }
}

void Mailbox::go_on(const std::string& user, Box& box) {
  box.last = box.message.number;
  box.message = {};
  load(user, box);
}

/// RFC 3428 7: a 2xx alone tells that the message has been delivered. Any other word is that of one device: a
/// phone for calls alone refuses what the browser that comes next takes. So it is with a 6xx, too (RFC 3261
/// 21.6): a button that declines calls may have said it.
Mailbox::Verdict Mailbox::verdict(const Proxy::Outcome& outcome) {
  const int status = outcome.response ? outcome.response->status : 408;
  if (status < 300) return Verdict::delivered;
  if (outcome.is_refused) return Verdict::refused;
  return is_unreachable(status) || status == 486 ? Verdict::unreachable : Verdict::refused_for_now;
}

bool Mailbox::concluded(Now now, const Proxy::Outcome& outcome) {
  if (const auto told = outbox_.concluded(now, outcome)) {
    outcomes_.push_back(as_outcome(*told));
    return true;
  }
  const auto node = forwarded_.extract(outcome.forwarded);
  if (node.empty()) return false;
  const std::string& user = node.mapped();
  Box& box = boxes_.at(user);
  switch (verdict(outcome)) {
    case Verdict::delivered:
      box.rests = 0;
      forget(box.message.number);
      outcomes_.push_back(Outcome::delivered);
      go_on(user, box);
      break;
    case Verdict::refused:
      outcomes_.push_back(Outcome::refused);
      box.is_missed = box.is_missed || outcome.is_missed;
      pass_over(user, box);
      break;
    case Verdict::refused_for_now:
      outcomes_.push_back(Outcome::postponed);
      refused_for_now(now, user, box);
      break;
    case Verdict::unreachable:
      outcomes_.push_back(Outcome::postponed);
      rest(now, user, box);
      break;
  }
  return true;
}

void Mailbox::could_not_leave(Now now) {
  outbox_.could_not_leave(now);
  outcomes_.push_back(Outcome::postponed);
}

/// One message that a device chokes on must not hold up the others for ever.
void Mailbox::refused_for_now(Now now, const std::string& user, Box& box) {
  if (box.refused != box.message.number) box.refusals = 0;
  box.refused = box.message.number;
  const bool has_held_up = box.message.number <= box.held_up;
  if (!has_held_up && ++box.refusals < max_refusals) return rest(now, user, box);
  box.held_up = std::max(box.held_up, box.message.number);
  box.is_missed = true;
  pass_over(user, box);
}

/// The message stays, and those behind it do not wait for it.
void Mailbox::pass_over(const std::string& user, Box& box) {
  box.rests = 0;
  box.has_refused = true;
  go_on(user, box);
}

/// What still waits is offered again when another device comes; or, where one that is there may yet take it,
/// after the longest rest.
void Mailbox::end_round(Now now, const std::string& user, Box& box) {
  if (box.starts_over && box.last != MessageNumber::none) return load(user, box);
  if (!box.has_refused || location_.bindings(user).empty()) {
    boxes_.erase(user);
    return;
  }
  box.state = Box::State::refused;
  rests_.set(user, now.mono + longest_rest);
}

void Mailbox::rest(Now now, const std::string& user, Box& box) {
  box.message = {};
  // Registering tells soon enough that there is somebody again.
  if (location_.bindings(user).empty()) {
    rests_.set(user, std::nullopt);
    boxes_.erase(user);
    return;
  }
  box.state = Box::State::resting;
  if (box.starts_over) return load(user, box);
  const unsigned doublings = std::min(box.rests++, 10U);
  rests_.set(user, now.mono + std::min(first_rest * (1 << doublings), longest_rest));
}

/// The messages wait for the next start, and what still comes for the user goes behind them.
void Mailbox::stay(const std::string& user, Box& box) {
  box.state = Box::State::resting;
  box.message = {};
  rests_.set(user, std::nullopt);
}

void Mailbox::forget(MessageNumber number) {
  questions_.emplace_back(ForgetMessage{number});
  if (sweep_ != JobId::none) forgotten_.insert(number);
}

/// It is not delivered, and will not be: RFC 5438 8.2.
void Mailbox::expire(Now now, const StoredMessage& message) {
  const auto kept = KeptRequest::read(message.request);
  auto told =
      kept ? notice(now, kept->as(TransactionId::none, {}), Fate::failed, message.sender) : std::nullopt;
  if (!told) {
    outcomes_.push_back(Outcome::expired);
    return forget(message.number);
  }
  told->message.instead_of = message.number;
  const JobId job = jobs_.draw();
  Storing storing{.instead_of = message.number};
  storing.add(std::move(told->user));
  storing_.emplace(job, std::move(storing));
  questions_.emplace_back(StoreMessage{job, std::move(told->message)});
  if (sweep_ != JobId::none) forgotten_.insert(message.number);
}

/// What we tell waits for its recipient like anything else.
std::optional<Mailbox::Notice> Mailbox::notice(Now now, const Request& about, Fate fate, Sender sender) {
  const auto told = DispositionNotification::of(now, about, fate, sender, domain_, random_);
  const auto kept = told ? KeptRequest::read(told->request) : std::nullopt;
  if (!kept || !settings_.keeps_messages_for) return std::nullopt;
  const Request request = kept->as(TransactionId::none, {});
  // It would wait in vain.
  if (proxy_.refusal(request)) return std::nullopt;
  const Seconds longest = *settings_.keeps_messages_for;
  auto message = stored_message(
      now, now.wall, request, told->user ? address_of(*told->user) : std::string(Outbox::recipient),
      authenticator_, told->user ? longest : std::min(longest, Outbox::longest_wait));
  if (!message) return std::nullopt;
  return Notice{told->user, std::move(*message)};
}

void Mailbox::start(Now now) {
  if (!settings_.keeps_messages_for || next_sweep_ || sweep_ != JobId::none) return;
  next_sweep_ = now.mono;
  outbox_.begin();
}

void Mailbox::drain() {
  is_draining_ = true;
  outbox_.drain();
}

void Mailbox::advance(Now now) {
  outbox_.advance(now);
  while (const auto user = rests_.pop_due(now.mono)) {
    Box& box = boxes_.at(*user);
    const bool is_refused = box.state == Box::State::refused;
    // No device is there to take it, or none that would not refuse it again.
    if (is_refused && (!box.is_missed || location_.bindings(*user).empty())) {
      end_round(now, *user, box);
      continue;
    }
    box.starts_over = box.starts_over || is_refused;
    load(*user, box);
  }
  if (!next_sweep_ || *next_sweep_ > now.mono) return;
  next_sweep_.reset();
  sweep(now, {}, MessageNumber::none);
}

void Mailbox::sweep(Now now, UnixTime after_time, MessageNumber after) {
  sweep_ = jobs_.draw();
  questions_.emplace_back(LoadExpired{sweep_, now.wall, after_time, after});
}

void Mailbox::swept(Now now, const Loaded& loaded) {
  sweep_ = JobId::none;
  const auto forgotten = std::exchange(forgotten_, {});
  if (!loaded.message) {
    next_sweep_ = now.mono + sweep_interval;
    return;
  }
  const MessageNumber number = loaded.message->number;
  // What is on its way was in time when it went, and may have arrived since the store found it.
  if (!is_under_way(number) && !forgotten.contains(number)) {
    last_swept_ = number;
    expire(now, *loaded.message);
  }
  sweep(now, loaded.message->expires_at, number);
}

bool Mailbox::is_under_way(MessageNumber number) const {
  const auto holds = [&](const auto& entry) { return entry.second.message.number == number; };
  return outbox_.is_under_way(number) || std::any_of(boxes_.begin(), boxes_.end(), holds);
}

std::optional<StoreQuestion> Mailbox::poll() {
  if (auto question = outbox_.poll()) {
    const auto* gone = std::get_if<ForgetMessage>(&*question);
    if (gone != nullptr && sweep_ != JobId::none) forgotten_.insert(gone->number);
    return question;
  }
  if (questions_.empty()) return std::nullopt;
  StoreQuestion question = std::move(questions_.front());
  questions_.pop_front();
  return question;
}

std::optional<Mailbox::Outcome> Mailbox::poll_outcome() {
  if (outcomes_.empty()) return std::nullopt;
  const Outcome outcome = outcomes_.front();
  outcomes_.pop_front();
  return outcome;
}

}  // namespace relay
