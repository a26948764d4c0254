#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "im/composing.h"
#include "im/content_answers.h"
#include "im/imdn.h"
#include "im/mime_entity.h"
#include "im/protection.h"

namespace sip {

/// The types that are understood, for Accept (RFC 3261 20.1).
inline constexpr std::string_view understood_types =
    "text/plain, message/cpim, message/imdn+xml, application/im-iscomposing+xml, multipart/mixed, "
    "multipart/alternative";
/// Those that are understood where somebody opens what is sealed (RFC 8591 6: the last one says that clear
/// signatures are verified).
inline constexpr std::string_view sealed_types =
    "application/pkcs7-mime, multipart/signed, application/pkcs7-signature";
/// The value of Accept.
std::string accepted_types(EndToEnd end_to_end);

/// What a body brings, all its parts taken together (RFC 5621). Nothing of it need be there: parts that are
/// not understood and said to be optional are passed over.
struct Body {
  /// More than a message of 1300 bytes can hold of any use, and what a server aggregates (RFC 5438 8.3).
  static constexpr std::size_t max_parts = 64;
  /// How deep multiparts may stand in each other. RFC 5621 4.3 asks to avoid it; its own example has two.
  static constexpr std::size_t max_nesting = 4;

  std::optional<std::string> text;  ///< UTF-8; the texts of a multipart/mixed, each on lines of its own
  std::string type;                 ///< of the text, of the first one of several, as written
  std::string language;             ///< Content-Language of the text; empty where it is not said
  std::string disposition;          ///< its Content-Disposition as written; empty where it is not said
  Protection protection = Protection::none;  ///< of the text: that of each of its parts
  std::string signer;                        ///< of the text; empty where nobody, or not one alone, signed it
  std::vector<Imdn> notifications;
  std::optional<IsComposing> composing;

  bool is_empty() const { return !text && notifications.empty() && !composing; }

  /// What the body stands in: only CPIM carries notifications (RFC 5438 12.1.1).
  enum class Envelope : std::uint8_t { sip, cpim };
  /// Errc::unanswered when a question has to be answered first. Errc::unsupported for what cannot be shown
  /// although it must: another type, charset, encoding or disposition, or nesting past the limit;
  /// Errc::undecipherable for what is encrypted for somebody else; Errc::too_large past max_parts. Every
  /// other error is malformed content.
  static Result<Body> parse(const MimeEntity& entity, Envelope envelope, ContentAnswers& answers);
};

}  // namespace sip
