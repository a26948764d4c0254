#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sip {

/// Whether the bytes are well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates.
bool is_utf8(std::string_view text);

/// Appends one character; `code` is a Unicode scalar value: at most 0x10ffff and no surrogate.
void append_utf8(std::uint32_t code, std::string& out);

}  // namespace sip
