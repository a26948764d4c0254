#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sip {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4).
Sha256Digest sha256(std::string_view data);

/// Lower-case hexadecimal digest, as digest access authentication writes it (RFC 7616 3.3).
std::string sha256_hex(std::string_view data);

/// HMAC-SHA-256 (RFC 2104).
Sha256Digest hmac_sha256(std::string_view key, std::string_view data);

}  // namespace sip
