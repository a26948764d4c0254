#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sip {

using Sha512_256Digest = std::array<std::uint8_t, 32>;

/// SHA-512/256 (FIPS 180-4 6.7): not SHA-512 cut short, for it starts from values of its own.
Sha512_256Digest sha512_256(std::string_view data);

/// Lower-case hexadecimal digest, as digest access authentication writes it (RFC 7616 3.2).
std::string sha512_256_hex(std::string_view data);

}  // namespace sip
