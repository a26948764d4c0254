#pragma once

#include "config/config.h"

namespace relay {

/// What keeps the relay from starting with it: there is no listener, no certificate where TLS is spoken, no
/// directory of the page, ...
ConfigError check_runnable(const Config& config);

}  // namespace relay
