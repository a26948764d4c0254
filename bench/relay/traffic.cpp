#include "traffic.h"

#include <functional>

namespace load {
namespace {

constexpr Nanoseconds t1 = 500 * millisecond;  // RFC 3261 17.1.2.2
constexpr Nanoseconds t2 = 4 * second;
constexpr std::size_t most_troubles = 8;

}  // namespace

bool Counts::is_right() const {
  return !(refused || unanswered || lost || doubled || wrong_recipient || wrong_sender || wrong_body ||
           wrong_answer || unreadable || closed || registrations_refused);
}

Traffic::Traffic(const Options& options, Random& random)
    : options_(options), random_(random), writer_(options), users_(options.users) {}

void Traffic::note(std::string_view trouble) {
  if (troubles_.size() < most_troubles) troubles_.emplace(trouble);
}

Text Traffic::text_of(std::uint32_t number) const {
  const Record& record = records_[number];
  return {number, record.from, record.to, record.nonce};
}

Place Traffic::place_of(std::uint32_t user) const {
  const Line& line = network_->line(user);
  return {line.transport, line.sent_by};
}

// ---- registrations

void Traffic::register_more() {
  while (opened_ < network_->size() && opened_ - ready_ - failed_ < options_.opened_at_once)
    network_->open(opened_++);
}

void Traffic::register_user(std::uint32_t index) {
  User& user = users_[index];
  if (user.call == 0) user.call = random_.next();
  user.is_registering = true;
  user.registered_at = now();
  network_->send(index, writer_.registration(index, place_of(index), user.call, ++user.cseq, random_.next()));
}

void Traffic::take_registration(const SipText& sip, const Event& event) {
  const auto index = static_cast<std::uint32_t>(number(sip.call_id.substr(4)));
  if (index >= users_.size() || (!event.is_udp && event.line != index)) return void(++counts_.wrong_answer);
  User& user = users_[index];
  if (!user.is_registering || number(sip.cseq) != user.cseq) return;
  user.is_registering = false;
  if (sip.status != 200) {
    ++counts_.registrations_refused;
    ++statuses_[sip.status];
    if (!user.is_ready) ++failed_;
    network_->close(index);
    return;
  }
  ++counts_.registered;
  if (!user.is_ready) {
    user.is_ready = true;
    ++ready_;
    return;
  }
  const Nanoseconds time = now();
  if (measured_.holds(time)) {
    ++measured_count_;
    registration_times_.push_back(time - user.registered_at);
  }
  if (is_working_) register_user(index);
}

// ---- messages

void Traffic::begin(Measured measured) {
  began_ = now();
  measured_ = measured;
  is_working_ = true;
  if (options_.work == Work::registrations)
    for (std::uint32_t i = 0; i < std::min(network_->size(), options_.opened_at_once); ++i) register_user(i);
  if (options_.work == Work::messages && options_.rate <= 0) {
    for (std::uint32_t i = 0; i < options_.under_way; ++i) send_message(take_turn(), now());
    if (options_.under_way == 0)
      for (std::uint32_t i = 0; i < network_->size(); i += 2)
        for (std::uint32_t k = 0; k < options_.window; ++k) send_message(i, now());
  }
  network_->flush();
}

std::uint32_t Traffic::take_turn() {
  const std::uint32_t sender = next_sender_;
  next_sender_ = (next_sender_ + 2) % (network_->size() & ~1U);
  return sender;
}

void Traffic::send_next(std::uint32_t sender, Nanoseconds time) {
  if (!is_working_ || options_.rate > 0) return;
  send_message(options_.under_way > 0 ? take_turn() : sender, time);
}

void Traffic::send_message(std::uint32_t from, Nanoseconds time) {
  if (!users_[from].is_ready) return;
  Record record;
  record.sent_at = time;
  record.nonce = random_.next();
  record.from = from;
  record.to = options_.has_random_pairs
                  ? static_cast<std::uint32_t>(random_.next() % (users_.size() / 2)) * 2 + 1
                  : from + 1;
  records_.push_back(record);
  ++counts_.sent;
  const auto index = static_cast<std::uint32_t>(records_.size() - 1);
  transmit(index);
  if (network_->line(from).transport == Transport::udp) repeats_.push({now() + t1, index, t1});
}

void Traffic::transmit(std::uint32_t index) {
  const std::uint32_t from = records_[index].from;
  network_->send(from, writer_.message(text_of(index), place_of(from)));
}

Nanoseconds Traffic::send_due(Nanoseconds time) {
  if (options_.rate <= 0 || !is_working_ || options_.work != Work::messages) return measured_.end;
  constexpr int most_at_once = 2000;
  for (int i = 0; i < most_at_once; ++i) {
    const Nanoseconds due = began_ + from_seconds(static_cast<double>(scheduled_) / options_.rate);
    if (due > time) return due;
    send_message(take_turn(), due);
    ++scheduled_;
  }
  return time;
}

void Traffic::take_request(const SipText& sip, const Event& event) {
  const auto named = writer_.user_in(sip.uri);
  const std::uint32_t user = event.is_udp ? named.value_or(network_->size()) : event.line;
  if (user >= users_.size()) return void(++counts_.wrong_recipient);
  const bool is_right = sip.method != "MESSAGE" || check_message(sip, user, event);
  network_->send(user, writer_.response(sip, is_right ? "SIP/2.0 200 OK" : "SIP/2.0 400 Bad Request", user));
}

bool Traffic::check_message(const SipText& sip, std::uint32_t user, const Event& event) {
  const auto index = static_cast<std::uint32_t>(number(sip.body.substr(0, 8), 16));
  if (sip.body.size() < 8 || index >= records_.size() || !writer_.is_body_of(text_of(index), sip.body)) {
    ++counts_.wrong_body;
    return false;
  }
  Record& record = records_[index];
  if (record.to != user || (event.is_udp && network_->line(user).udp_socket != event.udp_socket)) {
    ++counts_.wrong_recipient;
    return false;
  }
  if (writer_.user_in(sip.from) != record.from) ++counts_.wrong_sender;
  const std::uint64_t branch = std::hash<std::string_view>{}(sip.vias[0]) | 1;
  if (record.delivered_at == 0) {
    record.delivered_at = now();
    record.branch = branch;
  } else {
    ++(record.branch == branch ? counts_.repeated : counts_.doubled);
  }
  return true;
}

void Traffic::take_answer(const SipText& sip, const Event& event) {
  const auto index = static_cast<std::uint32_t>(number(sip.call_id.substr(0, 8), 16));
  const bool is_known = sip.call_id.size() > 9 && index < records_.size() &&
                        number(sip.call_id.substr(9), 16) == records_[index].nonce;
  if (!is_known || (!event.is_udp && event.line != records_[index].from)) return void(++counts_.wrong_answer);
  Record& record = records_[index];
  if (record.answered_at != 0) return void(counts_.answered_late += record.was_given_up);
  record.answered_at = now();
  record.status = sip.status;
  ++statuses_[sip.status];
  ++(sip.status < 300 ? counts_.accepted : counts_.refused);
  if (sip.status < 300 && measured_.holds(record.answered_at)) ++measured_count_;
  send_next(record.from, record.answered_at);
}

void Traffic::look_at_clock(Nanoseconds time) {
  if (time - last_look_ < 20 * millisecond) return;
  last_look_ = time;
  for (std::uint32_t i = 0; i < opened_; ++i) {
    if (network_->line(i).transport != Transport::udp || !users_[i].is_registering ||
        time - users_[i].registered_at < t1)
      continue;
    ++counts_.resent;
    register_user(i);
  }
  for (; oldest_ < records_.size(); ++oldest_) {
    Record& record = records_[oldest_];
    if (record.answered_at != 0) continue;
    if (time - record.sent_at < from_seconds(options_.patience)) break;
    record.answered_at = time;
    record.was_given_up = true;
    ++counts_.unanswered;
    send_next(record.from, time);
  }
  while (!repeats_.empty() && repeats_.top().time <= time) {
    const Repeat repeat = repeats_.top();
    repeats_.pop();
    if (records_[repeat.number].answered_at != 0) continue;
    ++counts_.resent;
    transmit(repeat.number);
    const Nanoseconds interval = std::min(2 * repeat.interval, t2);
    repeats_.push({time + interval, repeat.number, interval});
  }
  network_->flush();
}

void Traffic::close_books() {
  for (const Record& record : records_) {
    if (record.answered_at == 0) ++counts_.unanswered;
    if (record.delivered_at == 0 && record.status == 200) ++counts_.lost;
  }
}

std::vector<Nanoseconds> Traffic::round_trips() const {
  if (options_.work == Work::registrations) return registration_times_;
  std::vector<Nanoseconds> times;
  for (const Record& record : records_)
    if (record.status >= 200 && record.status < 300 && measured_.holds(record.answered_at))
      times.push_back(record.answered_at - record.sent_at);
  return times;
}

std::vector<Nanoseconds> Traffic::deliveries() const {
  std::vector<Nanoseconds> times;
  for (const Record& record : records_)
    if (record.delivered_at != 0 && measured_.holds(record.delivered_at))
      times.push_back(record.delivered_at - record.sent_at);
  return times;
}

// ---- events

void Traffic::take(const Event& event) {
  switch (event.kind) {
    case Event::Kind::opened: return register_user(event.line);
    case Event::Kind::closed:
      ++counts_.closed;
      note(event.text);
      if (users_[event.line].is_ready) {
        users_[event.line].is_ready = false;
      } else {
        ++failed_;
      }
      return;
    case Event::Kind::text: break;
  }
  const auto sip = read_sip(event.text);
  if (!sip) {
    ++counts_.unreadable;
    note(event.text.substr(0, 100));
  } else if (sip->is_request) {
    take_request(*sip, event);
  } else if (sip->status >= 200) {
    if (sip->call_id.starts_with("reg-"))
      take_registration(*sip, event);
    else
      take_answer(*sip, event);
  }
}

}  // namespace load
