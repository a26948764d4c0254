#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"
#include "message/message_view.h"

namespace sip {

/// delta-seconds (RFC 3261 25.1), below 2^32 (20.19) and nothing else; none otherwise.
std::optional<Seconds> delta_seconds(std::string_view text);
/// What the first field of that name says (Expires, Min-Expires, Flow-Timer); none where it is absent or
/// malformed.
std::optional<Seconds> delta_seconds(const MessageView& message, HeaderName name);

}  // namespace sip
