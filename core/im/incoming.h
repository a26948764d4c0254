#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "im/content.h"
#include "im/delivery.h"
#include "im/dialog_id.h"
#include "im/message_fields.h"
#include "im/protection.h"
#include "message/mandatory_headers.h"
#include "message/message_view.h"

namespace sip {

/// A message to show.
struct Incoming {
  std::string from;          ///< the sender's URI without parameters, as in From
  std::string display_name;  ///< unquoted, may be empty
  std::string content_type;  ///< as written; empty where there is a subject alone
  std::string body;          ///< UTF-8
  /// Its Message-ID (RFC 5438 6.3), or its Call-ID where it has none. In a dialog, whose messages share that,
  /// ";" and the CSeq follow.
  MessageId id;
  UnixTime sent{};  ///< its DateTime or Date, unless that is missing or in the future: then when it came
  Protection protection = Protection::none;  ///< of the body
  std::string signer{};                      ///< who signed it; empty: nobody. It need not be the sender
  MessageFields fields{};
  std::optional<UnixTime>
      expires{};                     ///< from then on it is to be marked as expired (RFC 3428 7); none: never
  std::optional<DialogId> dialog{};  ///< that it stands in, whoever made it (RFC 3428 4); none outside of one
};

/// What a request and its content say together. `from` is its peer_key().
Incoming incoming(Now now, const MessageView& request, const MandatoryHeaders& headers, Content content,
                  const std::string& from);

}  // namespace sip
