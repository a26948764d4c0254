#pragma once

#include <string_view>

namespace sip {

/// Whether an RFC defines the method (RFC 3261, 3262, 3311, 3428, 3515, 3903, 6086, 6665); with case (RFC
/// 3261 7.1). 21.4.6, 21.5.2: a known method that is not served gets 405, an unknown one 501.
bool is_known_method(std::string_view method);

}  // namespace sip
