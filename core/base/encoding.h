#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sip {

/// Lower-case hexadecimal.
std::string hex(std::span<const std::uint8_t> bytes);

/// Text in double quotes, with " and \ escaped (quoted-string of RFC 3261 25.1).
std::string quoted(std::string_view text);

/// The inside of a quoted-string (without its quotes), with escapes and folds undone (RFC 3261 25.1, 7.3.1).
std::string unquoted(std::string_view inside);

/// Text with %XX undone (RFC 3261 19.1.2); none when an escape is broken.
std::optional<std::string> percent_decoded(std::string_view text);

/// SIP-date (RFC 3261 20.17), always GMT: "Sat, 13 Nov 2010 23:29:00 GMT".
std::string sip_date(UnixTime time);

}  // namespace sip
