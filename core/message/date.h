#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace sip {

/// SIP-date (RFC 3261 20.17): only GMT is legal; none for anything else. A weekday that
/// contradicts the date is ignored.
std::optional<UnixTime> parse_date(std::string_view value);

}  // namespace sip
