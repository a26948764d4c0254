#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "im/delivery.h"
#include "im/imdn.h"

namespace sip {

/// What is known of each message sent (RFC 5438 7.1.3), and the one place that decides what may follow it.
class SentItems {
 public:
  /// How many messages are remembered, the latest ones. A notification of an older one is not understood.
  static constexpr std::size_t max_items = 4096;

  /// The change with all that is known of its message, when it may follow that; none when it would lead back.
  std::optional<Delivery> change(Delivery delivery);
  /// What was told of a message in an earlier run. False when it is known already.
  bool restore(const Delivery& delivery);
  /// The message goes out asking for notifications, or as plain text.
  void asked(const MessageId& id);
  void plain(const MessageId& id);
  bool is_plain(const MessageId& id) const;
  /// What a notification tells (7.1.2), when the message is known and asked for it; none when it tells
  /// nothing new. An unsolicited one may be forged (14.1).
  std::optional<Delivery> notified(const Imdn& imdn);

  /// What is known of a message, without its phrase.
  Delivery of(const MessageId& id) const;
  /// The messages with a final state of which a notification may still tell more, the oldest first.
  std::vector<Delivery> awaiting_notification() const;

 private:
  Delivery& remember(const MessageId& id);

  /// Without phrases: others choose how long those are.
  std::unordered_map<MessageId, Delivery> items_;
  std::deque<MessageId> oldest_first_;
};

}  // namespace sip
