#pragma once

#include <functional>
#include <string>

#include "config/config.h"

namespace relay {

/// Whether the files that the configuration names are of use. Gives the exit code, and says what is wrong.
int check_files(const Config& config);

/// Reads once more what the configuration was read from.
using ReadConfig = std::function<Configured<Config>()>;

/// Runs the relay until it is told to end. Gives the exit code.
int run_daemon(const Config& config, const ReadConfig& read_config, const std::string& version);

}  // namespace relay
