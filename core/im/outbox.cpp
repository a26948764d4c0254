#include "im/outbox.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "im/recipient.h"

namespace sip {
namespace {

Milliseconds back_off(unsigned tries) { return std::min(Seconds(1LL << std::min(tries, 5U)), Seconds(30)); }

}  // namespace

bool Outbox::add(Now now, Draft draft, std::string recipient, Purpose purpose) {
  if (find(draft.id)) return false;
  const std::string person = peer_key(recipient);
  switch (purpose) {
    case Purpose::message: break;
    case Purpose::notification:
      if (notifications_ == max_notifications) return false;
      ++notifications_;
      break;
    case Purpose::composing:
      if (queues_.count(person) + under_way_.count(person) > 0 || rest_until_ > now.mono) return false;
      break;
  }
  Queue& queue = queues_[person];
  TargetSet targets(recipient);
  queue.push_back({.draft = std::move(draft),
                   .recipient = std::move(recipient),
                   .targets = std::move(targets),
                   .purpose = purpose});
  tell(queue.back(), {.state = DeliveryState::queued});
  return true;
}

void Outbox::restore(Now now, Draft draft, std::string recipient, const Delivery& last) {
  const MessageId id = draft.id;
  if (!add(now, std::move(draft), std::move(recipient)) || !last.retry_at) return;
  // A clock that was set meanwhile makes nobody wait longer than the server may.
  const Milliseconds wait = std::min<Milliseconds>(*last.retry_at - now.wall, longest_wait);
  find(id)->item->not_before = now.mono + std::max(wait, Milliseconds(0));
}

void Outbox::refuse(const MessageId& id, FailureReason reason, std::size_t excess) {
  Delivery delivery{.id = id, .state = DeliveryState::failed, .reason = reason, .excess = excess};
  if (const auto place = find(id)) {
    fail(*place, std::move(delivery));
  } else {
    changes_.push_back(std::move(delivery));
  }
}

void Outbox::cancel(const MessageId& id) {
  const auto place = find(id);
  if (!place || place->item->purpose != Purpose::message) return;
  Item& item = *place->item;
  item.is_cancelled = true;
  if (!item.is_sending()) return fail(*place, {});
  tell(item, {.state = DeliveryState::sending, .reason = FailureReason::cancelled});
}

void Outbox::drop_expired(Now now) {
  std::vector<MessageId> expired;
  for (const auto& [person, queue] : queues_)
    for (const Item& item : queue)
      if (!item.is_sending() && is_expired(item.draft, now.wall)) expired.push_back(item.draft.id);
  for (const MessageId& id : expired) refuse(id, FailureReason::expired, 0);
}

std::optional<Outbox::Outgoing> Outbox::next(Now now) {
  drop_expired(now);
  if (rest_until_ > now.mono) return std::nullopt;
  for (auto& [person, queue] : queues_) {
    Item& item = queue.front();
    if (item.not_before > now.mono || !may_start(item)) continue;
    item.under_way = peer_key(item.targets.current());
    under_way_.insert(item.under_way);
    ++item.tries;
    tell(item, {.state = DeliveryState::sending});
    return Outgoing{item.draft, item.recipient, item.targets.current(), item.purpose};
  }
  return std::nullopt;
}

/// RFC 3428 8: one at a time to a URI.
bool Outbox::may_start(const Item& item) const {
  return !item.is_sending() && under_way_.count(peer_key(item.targets.current())) == 0;
}

void Outbox::answered(Now now, const MessageId& id, const FinalResponse& response) {
  const auto place = find(id);
  if (!place) return;
  Delivery delivery{.status = response.status, .phrase = response.phrase};
  if (response.is_success()) {
    // RFC 3428 7: 202 promises no more than a later attempt; every other 2xx means that it arrived.
    delivery.state = response.status == 202 ? DeliveryState::stored : DeliveryState::delivered;
    return finish(*place, std::move(delivery));
  }
  Item& item = *place->item;
  note_rest(now, response);
  item.losses = 0;
  item.targets.add(response.targets);
  // RFC 3261 21.6: a 6xx speaks for every place of the person.
  if (response.status < 600 && try_next_target(item)) return;
  delivery.reason = response.reason();
  if (response.retry_after) delivery.retry_at = now.wall + *response.retry_after;
  if (response.may_pass()) {
    retry_later(now, *place, std::move(delivery), response.retry_after);
  } else {
    fail(*place, std::move(delivery));
  }
}

/// RFC 3261 21.5.4: nothing is sent to a server that says when it serves again. A proxy does not pass on the
/// 503 of another server (16.7 step 6), so this one speaks of whatever goes its way; but no answer may
/// silence a client for days.
void Outbox::note_rest(Now now, const FinalResponse& response) {
  if (response.status != 503 || !response.retry_after) return;
  rest_until_ = std::max(rest_until_, now.mono + std::min(*response.retry_after, longest_wait));
}

/// 8.1.3.4: a place that fails leads to the next one, and the list together is one try.
bool Outbox::try_next_target(Item& item) {
  if (item.is_over() || item.is_cancelled) return false;
  if (!item.targets.turn_to_next()) return false;
  stop(item);
  --item.tries;
  return true;
}

void Outbox::unanswered(Now now, const MessageId& id) {
  const auto place = find(id);
  if (!place) return;
  place->item->losses = 0;
  if (try_next_target(*place->item)) return;
  retry_later(now, *place, {.reason = FailureReason::no_answer}, std::nullopt);
}

void Outbox::fail(const MessageId& id, FailureReason reason, int status, std::string_view phrase) {
  const auto place = find(id);
  if (!place || (status > 0 && try_next_target(*place->item))) return;
  fail(*place, {.reason = reason, .status = status, .phrase = std::string(phrase)});
}

void Outbox::retry_later(Now now, const Place& place, Delivery delivery, std::optional<Seconds> retry_after) {
  Item& item = *place.item;
  if (item.is_over()) return erase(place);
  if (item.is_cancelled || item.tries >= max_tries || retry_after > longest_wait)
    return fail(place, std::move(delivery));
  // 20.33: not earlier than the server says, and no more often than we would by ourselves.
  const Milliseconds wait = std::max<Milliseconds>(retry_after.value_or(Seconds(0)), back_off(item.tries));
  stop(item);
  item.targets.reset();
  item.not_before = now.mono + wait;
  delivery.state = DeliveryState::queued;
  delivery.retry_at = now.wall + wait;
  tell(item, std::move(delivery));
}

bool Outbox::is_wanted(const MessageId& id) const {
  for (const auto& [person, queue] : queues_)
    for (const Item& item : queue)
      if (item.draft.id == id) return !item.is_settled && !item.is_cancelled;
  return false;
}

void Outbox::settle(const MessageId& id) {
  const auto place = find(id);
  if (!place) return;
  // RFC 3428 8: while its request is under way, no other may begin.
  place->item->is_settled = true;
  if (!place->item->is_sending()) erase(*place);
}

void Outbox::connection_lost() {
  for (auto queue = queues_.begin(); queue != queues_.end();) {
    const Place place{queue, queue->second.begin()};
    ++queue;
    Item& item = *place.item;
    if (!item.is_sending()) continue;
    if (item.is_over()) {
      erase(place);
    } else if (item.is_cancelled || ++item.losses == max_losses) {
      fail(place, {.reason = FailureReason::no_answer});
    } else {
      stop(item);
      item.targets.reset();
      // The recipient did nothing wrong: this was no try of its own.
      --item.tries;
      tell(item, {.state = DeliveryState::queued});
    }
  }
}

std::vector<Draft> Outbox::open_drafts() const {
  std::vector<Draft> drafts;
  for (const auto& [person, queue] : queues_)
    for (const Item& item : queue)
      if (item.purpose == Purpose::message && !item.is_settled) drafts.push_back(item.draft);
  return drafts;
}

std::optional<Delivery> Outbox::poll() {
  if (changes_.empty()) return std::nullopt;
  Delivery delivery = std::move(changes_.front());
  changes_.pop_front();
  return delivery;
}

Deadline Outbox::deadline() const {
  Deadline first;
  for (const auto& [person, queue] : queues_)
    if (may_start(queue.front())) first = earlier(first, std::max(queue.front().not_before, rest_until_));
  return first;
}

std::optional<Outbox::Place> Outbox::find(const MessageId& id) {
  for (auto queue = queues_.begin(); queue != queues_.end(); ++queue)
    for (auto item = queue->second.begin(); item != queue->second.end(); ++item)
      if (item->draft.id == id) return Place{queue, item};
  return std::nullopt;
}

void Outbox::fail(const Place& place, Delivery delivery) {
  delivery.state = DeliveryState::failed;
  if (place.item->is_cancelled) delivery.reason = FailureReason::cancelled;
  finish(place, std::move(delivery));
}

void Outbox::finish(const Place& place, Delivery delivery) {
  tell(*place.item, std::move(delivery));
  erase(place);
}

void Outbox::stop(Item& item) {
  under_way_.erase(item.under_way);
  item.under_way.clear();
}

void Outbox::erase(const Place& place) {
  stop(*place.item);
  if (place.item->purpose == Purpose::notification) --notifications_;
  place.queue->second.erase(place.item);
  if (place.queue->second.empty()) queues_.erase(place.queue);
}

void Outbox::tell(const Item& item, Delivery delivery) {
  if (item.purpose != Purpose::message) return;
  delivery.id = item.draft.id;
  changes_.push_back(std::move(delivery));
}

}  // namespace sip
