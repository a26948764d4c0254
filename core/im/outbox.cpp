#include "im/outbox.h"

#include <algorithm>
#include <vector>

#include "im/recipient.h"

namespace sip {
namespace {

/// What a final response other than 2xx means to the person who wrote.
FailureReason reason_of(int status) {
  switch (status) {
    case 401:
    case 407: return FailureReason::wrong_password;
    case 404:
    case 410:
    case 604: return FailureReason::unknown_user;
    case 413:
    case 513: return FailureReason::too_long;
    case 415:
    case 488:
    case 606: return FailureReason::not_understood;
    case 416:
    case 484: return FailureReason::bad_recipient;
    case 480: return FailureReason::offline;
    case 408: return FailureReason::no_answer;
    case 403: return FailureReason::refused;
    case 493: return FailureReason::undecipherable;
    default: break;
  }
  if (status >= 600) return FailureReason::refused;
  return status >= 500 ? FailureReason::server_trouble : FailureReason::other;
}

/// A later try may succeed.
bool is_passing(int status) {
  return status == 408 || status == 480 || status == 500 || status == 503 || status == 504;
}

Milliseconds back_off(unsigned tries) { return std::min(Seconds(1LL << std::min(tries, 5U)), Seconds(30)); }

}  // namespace

bool Outbox::add(Draft draft, std::string recipient, Purpose purpose) {
  auto queue = queues_.begin();
  if (find(draft.id, queue) != Queue::iterator{}) return false;
  const std::string person = peer_key(recipient);
  switch (purpose) {
    case Purpose::message:
      changes_.push_back({.id = draft.id, .state = DeliveryState::queued, .phrase = {}});
      break;
    case Purpose::notification:
      if (notifications_ == max_notifications) return false;
      ++notifications_;
      break;
    case Purpose::composing:
      if (queues_.count(person) > 0) return false;
      break;
  }
  queues_[person].push_back(
      {.draft = std::move(draft), .recipient = std::move(recipient), .purpose = purpose});
  return true;
}

void Outbox::refuse(const MessageId& id, FailureReason reason, std::size_t excess) {
  Delivery delivery{
      .id = id, .state = DeliveryState::failed, .reason = reason, .phrase = {}, .excess = excess};
  auto queue = queues_.begin();
  if (find(id, queue) == Queue::iterator{}) {
    changes_.push_back(std::move(delivery));
  } else {
    finish(id, std::move(delivery));
  }
}

void Outbox::drop_expired(Now now) {
  std::vector<MessageId> expired;
  for (const auto& [person, queue] : queues_)
    for (const Item& item : queue)
      if (!item.sending && is_expired(item.draft, now.wall)) expired.push_back(item.draft.id);
  for (const MessageId& id : expired) refuse(id, FailureReason::expired, 0);
}

std::optional<Outbox::Outgoing> Outbox::next(Now now) {
  drop_expired(now);
  for (auto& [person, queue] : queues_) {
    Item& item = queue.front();
    if (item.sending || item.not_before > now.mono) continue;
    item.sending = true;
    ++item.tries;
    if (item.purpose == Purpose::message)
      changes_.push_back({.id = item.draft.id, .state = DeliveryState::sending, .phrase = {}});
    return Outgoing{item.draft, item.recipient, item.purpose, item.is_plain};
  }
  return std::nullopt;
}

void Outbox::answered(Now now, const MessageId& id, int status, std::string_view phrase,
                      std::optional<Seconds> retry_after) {
  Delivery delivery{.id = id, .status = status, .phrase = std::string(phrase)};
  if (status >= 200 && status < 300) {
    // RFC 3428 7: 202 promises no more than a later attempt; every other 2xx means that it arrived.
    delivery.state = status == 202 ? DeliveryState::stored : DeliveryState::delivered;
    finish(id, std::move(delivery));
    return;
  }
  delivery.reason = reason_of(status);
  if (is_passing(status)) {
    retry_later(now, id, std::move(delivery), retry_after);
  } else {
    delivery.state = DeliveryState::failed;
    finish(id, std::move(delivery));
  }
}

void Outbox::unanswered(Now now, const MessageId& id) {
  retry_later(now, id, {.id = id, .reason = FailureReason::no_answer, .phrase = {}}, std::nullopt);
}

void Outbox::fail(const MessageId& id, FailureReason reason, int status, std::string_view phrase) {
  finish(id, {.id = id,
              .state = DeliveryState::failed,
              .reason = reason,
              .status = status,
              .phrase = std::string(phrase)});
}

void Outbox::plain_from_now(const MessageId& id) {
  auto queue = queues_.begin();
  if (const auto item = find(id, queue); item != Queue::iterator{}) item->is_plain = true;
}

void Outbox::settle(const MessageId& id) {
  auto queue = queues_.begin();
  const auto item = find(id, queue);
  if (item == Queue::iterator{}) return;
  // RFC 3428 8: while its request is under way, no other may begin.
  item->is_settled = true;
  if (!item->sending) erase(queue, item);
}

void Outbox::connection_lost() {
  for (auto queue = queues_.begin(); queue != queues_.end();) {
    const auto current = queue++;
    Item& item = current->second.front();
    if (!item.sending) continue;
    if (is_over(item)) {
      erase(current, current->second.begin());
      continue;
    }
    item.sending = false;
    // The recipient did nothing wrong: this was no try of its own.
    --item.tries;
    if (item.purpose == Purpose::message)
      changes_.push_back({.id = item.draft.id, .state = DeliveryState::queued, .phrase = {}});
  }
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
    if (!queue.front().sending) first = earlier(first, queue.front().not_before);
  return first;
}

Outbox::Queue::iterator Outbox::find(const MessageId& id, std::map<std::string, Queue>::iterator& queue) {
  for (queue = queues_.begin(); queue != queues_.end(); ++queue)
    for (auto item = queue->second.begin(); item != queue->second.end(); ++item)
      if (item->draft.id == id) return item;
  return {};
}

void Outbox::finish(const MessageId& id, Delivery delivery) {
  auto queue = queues_.begin();
  const auto item = find(id, queue);
  if (item == Queue::iterator{}) return;
  if (item->purpose == Purpose::message) changes_.push_back(std::move(delivery));
  erase(queue, item);
}

void Outbox::erase(std::map<std::string, Queue>::iterator queue, const Queue::iterator& item) {
  if (item->purpose == Purpose::notification) --notifications_;
  queue->second.erase(item);
  if (queue->second.empty()) queues_.erase(queue);
}

void Outbox::retry_later(Now now, const MessageId& id, Delivery delivery,
                         std::optional<Seconds> retry_after) {
  auto queue = queues_.begin();
  const auto item = find(id, queue);
  if (item == Queue::iterator{}) return;
  if (is_over(*item)) return erase(queue, item);
  if (item->tries >= max_tries) {
    delivery.state = DeliveryState::failed;
    finish(id, std::move(delivery));
    return;
  }
  const Milliseconds wait = retry_after ? std::min(*retry_after, max_retry_after) : back_off(item->tries);
  item->sending = false;
  item->not_before = now.mono + wait;
  if (item->purpose == Purpose::message) changes_.push_back(std::move(delivery));
}

}  // namespace sip
