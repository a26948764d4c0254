#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

namespace relay {

/// The whole file as text; the error names it.
Configured<std::string> read_config_file(const std::string& name);

/// `base` with what the JSON text of the file `name` sets: one object whose keys are the names of the command
/// line's options and whose values are strings, of listeners and routes also arrays of strings. Unknown and
/// repeated keys are errors.
Configured<Config> parse_config_file(const std::string& name, std::string_view text, Config base);

}  // namespace relay
