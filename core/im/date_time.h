#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sip {

/// date-time of RFC 3339, as in the DateTime header of CPIM (RFC 3862 4.4), in IMDN and in isComposing: with
/// a zone, and with fractions of a second down to milliseconds. None for anything else.
std::optional<UnixTime> parse_date_time(std::string_view text);

/// In UTC, to the second: "2026-11-24T12:00:00Z".
std::string date_time(UnixTime time);

}  // namespace sip
