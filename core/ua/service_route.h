#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "message/message_view.h"

namespace sip {

/// The Route that a registrar asks later requests to take (RFC 3608).
struct ServiceRoute {
  /// A service network is a few proxies deep; each entry takes its bytes from the message (RFC 3428 8).
  static constexpr std::size_t max_values = 8;

  std::vector<std::string> values;  ///< Route values in order, without line breaks; empty: none

  /// Of a 200 to REGISTER. None where it is malformed, too long, or not loose (6.3 asks for ";lr"): 6.1
  /// leaves it to the client whether it is used, but a part of it would lead astray.
  static ServiceRoute read(const MessageView& response);
};

}  // namespace sip
