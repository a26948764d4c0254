#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "message/message_view.h"

namespace sip {

/// What a registrar granted to our contact (RFC 3261 10.2.4, RFC 5627 4.2).
struct GrantedBinding {
  Seconds expires{};
  std::string public_gruu;     ///< empty: none
  std::string temporary_gruu;  ///< empty: none; valid for as long as the registration lasts

  /// Of a 2xx to REGISTER; `contact` is our Contact URI, `asked` the expiration where nothing is said.
  static GrantedBinding read(const MessageView& response, std::string_view contact, Seconds asked);

  /// When to refresh: early enough for the refresh to time out before the end (RFC 5627 4.2).
  Milliseconds refresh_after() const;
};

}  // namespace sip
