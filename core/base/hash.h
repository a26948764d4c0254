#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sip {

using Md5Digest = std::array<std::uint8_t, 16>;
using Sha256Digest = std::array<std::uint8_t, 32>;

/// MD5 (RFC 1321). Only for digest access authentication with servers that know nothing better.
Md5Digest md5(std::string_view data);

/// SHA-256 (FIPS 180-4).
Sha256Digest sha256(std::string_view data);

/// HMAC-SHA-256 (RFC 2104).
Sha256Digest hmac_sha256(std::string_view key, std::string_view data);

/// Lower-case hexadecimal digest, as digest access authentication writes it (RFC 7616 3.3).
std::string md5_hex(std::string_view data);
std::string sha256_hex(std::string_view data);

/// Compares in a time that depends on the lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace sip
