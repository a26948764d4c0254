#pragma once

#include <string_view>

namespace sip {

/// Whether the text may be a Call-ID, in the field of that name or in In-Reply-To: word [ "@" word ] (RFC
/// 3261 25.1), where more than one "@" is let pass.
bool is_call_id(std::string_view text);

}  // namespace sip
