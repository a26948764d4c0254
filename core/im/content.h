#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "im/composing.h"
#include "im/content_answers.h"
#include "im/imdn.h"
#include "im/notification_request.h"
#include "im/protection.h"

namespace sip {

/// The types that are understood, for Accept (RFC 3261 20.1).
inline constexpr std::string_view understood_types =
    "text/plain, message/cpim, message/imdn+xml, application/im-iscomposing+xml";
/// Those that are understood where somebody opens what is sealed (RFC 8591 6: the last one says that clear
/// signatures are verified).
inline constexpr std::string_view sealed_types =
    "application/pkcs7-mime, multipart/signed, application/pkcs7-signature";
/// The value of Accept.
std::string accepted_types(EndToEnd end_to_end);

/// What a MESSAGE brings, taken out of its message/cpim: a text, notifications, or a status message.
struct Content {
  /// An aggregate of more notifications than this is cut.
  static constexpr std::size_t max_notifications = 32;

  std::string type;  ///< of the text, as written
  std::string text;  ///< UTF-8
  std::vector<Imdn> notifications;
  std::optional<IsComposing> composing;

  bool is_cpim = false;
  std::string writer;            ///< URI of the CPIM From; not vouched for by anyone
  std::string writer_name;       ///< its Formal-name
  std::string message_id;        ///< Message-ID (RFC 5438 6.3), empty without one
  std::optional<UnixTime> sent;  ///< DateTime
  std::optional<NotificationRequest> request;

  Protection protection = Protection::none;
  std::string signer;  ///< of the outermost signature (RFC 3261 23.3); empty: none

  bool is_text() const { return notifications.empty() && !composing; }

  /// Errc::unanswered when a question has to be answered first. Errc::unsupported for what cannot be shown:
  /// another type or charset, an encoding, a Require that is not known; Errc::undecipherable for what is
  /// encrypted for somebody else. Every other error is malformed content.
  static Result<Content> parse(std::string_view content_type, std::string_view body, ContentAnswers& answers);
};

}  // namespace sip
