#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sip {

/// The language tags of a Content-Language (RFC 3261 20.13, RFC 9110 8.5), written as "en, ja"; none where
/// one of them is none. RFC 3261 25.1 has letters alone in a tag; those of today may have digits (RFC
/// 9110 8.5.1), as in "es-419".
std::optional<std::string> content_language(std::string_view value);

}  // namespace sip
