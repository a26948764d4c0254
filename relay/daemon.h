#pragma once

#include <functional>
#include <string>

#include "config/config_reading.h"

namespace relay {

/// Everything that is wrong: with the configuration, and with the files that it names.
ConfigError find_errors(const ConfigReading& reading);

/// Reads once more what the configuration was read from.
using ReadConfig = std::function<ConfigReading()>;

/// Runs the relay until it is told to end. Gives the exit code.
int run_daemon(const Config& config, const ReadConfig& read_config, const std::string& version);

}  // namespace relay
