#include "im/delivery.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/media_type.h"

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

bool is_valid(const Draft& draft) {
  // 20.19: 0 to 2^32 - 1.
  constexpr Seconds longest{0xffff'ffff};
  if (draft.expires < Seconds(0) || draft.expires > longest) return false;
  return is_utf8(draft.body) && is_printable(draft.content_type) && MediaType::parse(draft.content_type) &&
         draft.fields.are_valid();
}

bool is_expired(const Draft& draft, UnixTime now) {
  return draft.expires > Seconds(0) && now >= draft.first_sent + draft.expires;
}

}  // namespace sip
