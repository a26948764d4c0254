#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "message/message_view.h"
#include "message/name_addr.h"

namespace sip {

/// One contact-param (RFC 3261 20.10), or the "*" that removes all bindings (10.2.2).
struct Contact {
  Contact() {}  // NOLINT: of a defaulted one everything is zeroed before its members are made
  bool star = false;
  NameAddr address;                ///< empty for "*"
  std::optional<Seconds> expires;  ///< its own expires parameter; a malformed one counts as 3600 (20.19)
  unsigned q_thousandths = 1000;   ///< qvalue times 1000, 0..1000

  static Result<Contact> parse(std::string_view value);

 private:
  /// parse() where it is; for one that is new.
  std::optional<Error> read(std::string_view value);
};

/// The Contacts of a redirection, the most preferred first (20.10), equals in their order. What is malformed
/// or "*" is left out. They borrow the response.
std::vector<Contact> contacts_by_preference(const MessageView& response);

}  // namespace sip
