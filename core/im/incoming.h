#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "im/content.h"
#include "im/delivery.h"
#include "message/mandatory_headers.h"
#include "message/message_view.h"

namespace sip {

/// A message to show.
struct Incoming {
  std::string from;          ///< the sender's URI without parameters, as in From
  std::string display_name;  ///< unquoted, may be empty
  std::string content_type;
  std::string body;  ///< UTF-8
  MessageId id;      ///< its Message-ID (RFC 5438 6.3), or its Call-ID where it has none
  UnixTime sent{};   ///< its DateTime or Date, unless that is missing or in the future: then when it came
};

/// What a request and its content say together. `from` is its peer_key().
Incoming incoming(Now now, const MessageView& request, const MandatoryHeaders& headers, Content content,
                  const std::string& from);

}  // namespace sip
