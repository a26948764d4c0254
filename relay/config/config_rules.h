#pragma once

#include <optional>

#include "config/config.h"

namespace relay {

/// Whether the relay can start with it: at least one listener, a certificate where TLS is spoken, and the
/// page's directory exists.
std::optional<ConfigError> check_runnable(const Config& config);

}  // namespace relay
