#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "im/cpim.h"
#include "im/imdn.h"

namespace sip {

/// What a received message wants to be told, and what a notification of it has to repeat (RFC 5438 7.2.1).
struct NotificationRequest {
  DispositionRequest wanted;
  std::string message_id;              ///< its Message-ID
  std::string date_time;               ///< its DateTime, as written; may be empty
  std::string recipient_uri;           ///< its To
  std::string original_recipient_uri;  ///< its Original-To; may be empty
  std::string subject;                 ///< may be empty
  std::string subject_language;        ///< a language tag; empty where it is not said

  /// The longest subject that a notification repeats, which it need not (RFC 5438 11.1.5): it has to fit 1300
  /// bytes with all else (RFC 3428 8).
  static constexpr std::size_t max_subject = 200;

  /// What a message in CPIM asks for; none where it asks for nothing, cannot be named, or wants the
  /// notifications to take a route, which would let a stranger aim ours at third parties (14).
  static std::optional<NotificationRequest> of(const Cpim& cpim);
  /// What every notification of the message has, its disposition and status still to be set. `sent` stands in
  /// for the DateTime of a message that has none.
  Imdn notification(std::string_view sent) const;
};

}  // namespace sip
