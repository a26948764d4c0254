#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sip {

using Md5Digest = std::array<std::uint8_t, 16>;

/// MD5 (RFC 1321). Only for digest access authentication with servers that know nothing better.
Md5Digest md5(std::string_view data);

/// Lower-case hexadecimal digest, as digest access authentication writes it (RFC 7616 3.3).
std::string md5_hex(std::string_view data);

}  // namespace sip
