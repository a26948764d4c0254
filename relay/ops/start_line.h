#pragma once

#include <string>
#include <string_view>

namespace relay {

/// The first line of a message, fit for a log: bodies hold what people write to each other. Without the
/// password that a URI may hold (RFC 3261 19.1.1).
std::string start_line(std::string_view text);

}  // namespace relay
