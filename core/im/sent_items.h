#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>

#include "im/delivery.h"
#include "im/imdn.h"

namespace sip {

/// The state of each message sent (RFC 5438 7.1.3), and the one place that decides what may follow it.
class SentItems {
 public:
  /// How many messages are remembered, the latest ones. A notification of an older one is not understood.
  static constexpr std::size_t max_items = 4096;

  /// The change, when it may follow what is known; none when it would lead back.
  std::optional<Delivery> change(Delivery delivery);
  /// Notifications were asked for with this message.
  void asked(const MessageId& id);
  /// What a notification tells (7.1.2), when the message is known and asked for it; none when it tells
  /// nothing new. An unsolicited one may be forged (14.1).
  std::optional<Delivery> notified(const Imdn& imdn);

 private:
  struct Item {
    DeliveryState state = DeliveryState::queued;
    bool has_asked = false;
  };

  std::unordered_map<MessageId, Item> items_;
  std::deque<MessageId> oldest_first_;
};

}  // namespace sip
