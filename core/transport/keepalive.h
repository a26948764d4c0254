#pragma once

#include <string_view>

namespace sip {

/// RFC 5626 3.5.1, 4.4.1: a client pings with a double CRLF, the server answers with a single one.
inline constexpr std::string_view ping = "\r\n\r\n";
inline constexpr std::string_view pong = "\r\n";

/// Whether a datagram or frame holds nothing but CR and LF.
bool is_keepalive(std::string_view bytes);

}  // namespace sip
