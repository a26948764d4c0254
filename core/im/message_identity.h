#pragma once

#include <string>
#include <string_view>

#include "message/mandatory_headers.h"
#include "message/message_view.h"

namespace sip {

/// How a repeat of a MESSAGE is known (docs/adr/0003, 0005).
struct MessageIdentity {
  /// What a repeat has in common with the first: Call-ID and From tag, and the Date of its first sending with
  /// the text, in CPIM or not; without a Date, or in a dialog, whose messages share all else, the CSeq.
  std::string key;
  /// A server that stored it may have given it a Date (RFC 3428 9): by these the same request is known with
  /// and without one. `alias` is to be remembered beside the key; who knows `other` knows the message.
  std::string alias = {};
  std::string other = {};

  /// `text` is what stands in the body, out of its CPIM.
  static MessageIdentity of(const MessageView& request, const MandatoryHeaders& headers,
                            std::string_view text);
};

}  // namespace sip
