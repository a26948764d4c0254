#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "message/message_view.h"
#include "message/params.h"

namespace sip {

/// Retry-After (RFC 3261 20.33), borrowed from the text it was parsed from.
struct RetryAfter {
  Seconds wait{};                   ///< below 2^32
  std::string_view comment;         ///< without its brackets, escapes left in
  std::optional<Seconds> duration;  ///< how long the callee can be reached from then on
  Params params;

  static Result<RetryAfter> parse(std::string_view value);
};

/// How long the response asks to wait; none where it does not, or not in a way that can be read.
std::optional<Seconds> retry_after(const MessageView& response);

}  // namespace sip
