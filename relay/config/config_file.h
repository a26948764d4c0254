#pragma once

#include <string>
#include <string_view>

#include "config/config_reading.h"

namespace relay {

/// The configuration that a file sets.
ConfigReading read_config_file(const std::string& name);

/// What the JSON text of the file `name` sets: one object whose keys are the names of the command line's
/// options and whose values are strings, of lists also arrays of strings. Unknown and repeated keys are
/// errors; all that are wrong are named.
ConfigReading parse_config_file(const std::string& name, std::string_view text);

}  // namespace relay
