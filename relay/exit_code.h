#pragma once

#include <string>

namespace relay {

/// Exit codes: what was asked for can't be done; what was asked for can't be understood.
inline constexpr int failure = 1;
inline constexpr int misuse = 2;

/// Says why on standard error, each line of the message as one of its own. Gives the code.
int fail(int code, const std::string& message);

}  // namespace relay
