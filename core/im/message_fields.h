#pragma once

#include <string>

#include "message/message_view.h"

namespace sip {

/// What a MESSAGE says beside its body, in header fields that are for the person or the person's program (RFC
/// 3428 9 tables 1, 2). Empty where it says nothing.
struct MessageFields {
  std::string subject{};           ///< UTF-8 (RFC 3261 20.36)
  std::string in_reply_to{};       ///< Call-IDs, as "a@host, b@host" (20.21)
  std::string priority{};          ///< "emergency", "urgent", "normal", "non-urgent" or another token (20.26)
  std::string content_language{};  ///< of the text: language tags, as "en, ja" (20.13)
  std::string content_disposition{};  ///< of the text (20.11)

  /// Those of a received message that are not about its body: a body, or its parts, say that for themselves.
  /// What is malformed is left out (8.2.2).
  static MessageFields of(const MessageView& request);
  /// Whether each may be written as a header field, and would be read as what it is.
  bool are_valid() const;
};

}  // namespace sip
