#include "im/sent_items.h"

#include <utility>

namespace sip {
namespace {

/// What a notification means for the message. Forbidden and error tell nothing about it.
std::optional<DeliveryState> state_of(const Imdn& imdn) {
  switch (imdn.status) {
    case Imdn::Status::delivered: return DeliveryState::delivered;
    case Imdn::Status::failed: return DeliveryState::failed;
    case Imdn::Status::stored: return DeliveryState::stored;
    case Imdn::Status::displayed: return DeliveryState::displayed;
    case Imdn::Status::processed:
    case Imdn::Status::forbidden:
    case Imdn::Status::error:
    case Imdn::Status::other: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Delivery> SentItems::change(Delivery delivery) {
  const auto known = items_.find(delivery.id);
  if (known != items_.end() && !may_follow(known->second, delivery)) return std::nullopt;
  Delivery& item = remember(delivery.id);
  delivery.has_asked = item.has_asked;
  delivery.is_plain = item.is_plain;
  item = delivery;
  item.phrase.clear();
  return delivery;
}

bool SentItems::restore(const Delivery& delivery) {
  if (items_.count(delivery.id) > 0) return false;
  Delivery& item = remember(delivery.id);
  item = delivery;
  item.phrase.clear();
  return true;
}

Delivery& SentItems::remember(const MessageId& id) {
  const auto [item, is_new] = items_.try_emplace(id);
  if (!is_new) return item->second;
  item->second.id = id;
  oldest_first_.push_back(id);
  if (oldest_first_.size() > max_items) {
    items_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return item->second;
}

void SentItems::asked(const MessageId& id) {
  if (const auto item = items_.find(id); item != items_.end()) item->second.has_asked = true;
}

void SentItems::plain(const MessageId& id) {
  if (const auto item = items_.find(id); item != items_.end()) item->second.is_plain = true;
}

bool SentItems::is_plain(const MessageId& id) const {
  const auto item = items_.find(id);
  return item != items_.end() && item->second.is_plain;
}

std::optional<Delivery> SentItems::notified(const Imdn& imdn) {
  const auto item = items_.find(imdn.message_id);
  const auto state = state_of(imdn);
  if (item == items_.end() || !item->second.has_asked || !state) return std::nullopt;
  Delivery delivery{.id = imdn.message_id, .state = *state};
  if (*state == DeliveryState::failed) delivery.reason = FailureReason::undeliverable;
  return change(std::move(delivery));
}

Delivery SentItems::of(const MessageId& id) const {
  const auto item = items_.find(id);
  return item == items_.end() ? Delivery{.id = id} : item->second;
}

std::vector<Delivery> SentItems::awaiting_notification() const {
  std::vector<Delivery> deliveries;
  for (const MessageId& id : oldest_first_) {
    const Delivery& item = items_.at(id);
    switch (item.state) {
      case DeliveryState::stored:
      case DeliveryState::delivered:
      case DeliveryState::failed:
        if (item.has_asked) deliveries.push_back(item);
        break;
      case DeliveryState::queued:
      case DeliveryState::sending:
      case DeliveryState::displayed: break;
    }
  }
  return deliveries;
}

}  // namespace sip
