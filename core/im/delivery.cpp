#include "im/delivery.h"

namespace sip {

bool may_follow(DeliveryState from, DeliveryState to) {
  switch (from) {
    case DeliveryState::queued: return to != DeliveryState::queued;
    case DeliveryState::sending: return to != DeliveryState::sending;
    case DeliveryState::stored:
      return to == DeliveryState::delivered || to == DeliveryState::displayed || to == DeliveryState::failed;
    case DeliveryState::delivered: return to == DeliveryState::displayed;
    case DeliveryState::displayed: return false;
    case DeliveryState::failed:
      return to == DeliveryState::queued || to == DeliveryState::delivered || to == DeliveryState::displayed;
  }
  return false;
}

bool may_follow(const Delivery& from, const Delivery& to) {
  const bool is_cancelled_now =
      to.reason == FailureReason::cancelled && from.reason != FailureReason::cancelled;
  if (from.state == DeliveryState::sending && to.state == DeliveryState::sending) return is_cancelled_now;
  return may_follow(from.state, to.state);
}

}  // namespace sip
