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
  const auto [item, is_new] = items_.try_emplace(delivery.id);
  if (is_new) {
    oldest_first_.push_back(delivery.id);
    if (oldest_first_.size() > max_items) {
      items_.erase(oldest_first_.front());
      oldest_first_.pop_front();
    }
  } else if (!may_follow(item->second.state, delivery.state)) {
    return std::nullopt;
  }
  item->second.state = delivery.state;
  return delivery;
}

void SentItems::asked(const MessageId& id) {
  if (const auto item = items_.find(id); item != items_.end()) item->second.has_asked = true;
}

std::optional<Delivery> SentItems::notified(const Imdn& imdn) {
  const auto item = items_.find(imdn.message_id);
  const auto state = state_of(imdn);
  if (item == items_.end() || !item->second.has_asked || !state) return std::nullopt;
  Delivery delivery{.id = imdn.message_id, .state = *state, .phrase = {}};
  if (*state == DeliveryState::failed) delivery.reason = FailureReason::undeliverable;
  return change(std::move(delivery));
}

}  // namespace sip
