#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "im/delivery.h"
#include "im/imdn.h"
#include "im/notification_request.h"
#include "im/protection.h"

namespace sip {

/// What others may be told of the messages that they sent: the person decides (RFC 5438 14.2).
enum class Receipts : std::uint8_t {
  none,      ///< nothing
  delivery,  ///< that a message came, which the answer to its request says anyway
  display,   ///< also that it was shown
};

/// Decides which notifications a received message gets (RFC 5438 7.2.1): each disposition at most once.
class Notifier {
 public:
  /// Messages that wait to be shown, the latest ones.
  static constexpr std::size_t max_waiting = 1024;

  explicit Notifier(Receipts receipts) : receipts_(receipts) {}

  struct Notification {
    std::string peer;  ///< URI of whom to tell
    Imdn imdn;
    bool must_be_sealed = false;  ///< as what it speaks of was (14)
  };
  /// A message came, from `peer`, and was handed to the person's program.
  std::optional<Notification> received(const std::string& peer, const NotificationRequest& request,
                                       std::string_view sent, Protection protection);
  /// The person was shown the message of that id.
  std::optional<Notification> displayed(const MessageId& id);

 private:
  Receipts receipts_;
  std::unordered_map<MessageId, Notification> waiting_;
  std::deque<MessageId> oldest_first_;
};

/// The CPIM body of a notification (RFC 5438 7.2.1.1). It asks for none itself.
std::string in_cpim(const Imdn& imdn, std::string_view message_id, std::string_view from,
                    std::string_view to);
/// The CPIM body of a text that asks for every notification (RFC 5438 7.1.1). Its Message-ID is the draft's
/// id.
std::string in_cpim(const Draft& draft, std::string_view from_name, std::string_view from,
                    std::string_view to);

}  // namespace sip
