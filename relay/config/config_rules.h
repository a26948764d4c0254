#pragma once

#include "config/config_reading.h"

namespace relay {

/// Adds what keeps the relay from starting with it: there is no listener, no certificate where TLS is spoken,
/// no directory of the page, ...
void check_runnable(ConfigReading& reading);

}  // namespace relay
