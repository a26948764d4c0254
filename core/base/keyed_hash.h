#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sip {

using HashKey = std::array<std::uint64_t, 2>;

/// SipHash-2-4 (Aumasson and Bernstein, 2012): 64 bits that nobody can foretell who does not know the key. A
/// tenth of what HMAC-SHA-256 costs, for marks that live no longer than a request.
std::uint64_t keyed_hash(const HashKey& key, std::string_view data);

}  // namespace sip
