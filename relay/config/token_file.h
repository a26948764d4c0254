#pragma once

#include <string>

#include "config/config.h"

namespace relay {

/// Too few characters could be guessed.
inline constexpr std::size_t min_token_size = 16;

/// The token that is the only line of a file, which the machine's other users must not be able to read.
Configured<std::string> read_token(const std::string& name);

}  // namespace relay
