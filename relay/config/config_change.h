#pragma once

#include <string_view>
#include <vector>

#include "config/config.h"

namespace relay {

/// What a running relay makes of a configuration that is read anew.
struct ConfigChange {
  Config adopted;                              ///< what it runs with from now on
  std::vector<std::string_view> need_restart;  ///< keys whose new values wait for the next start
  ConfigError error;                           ///< why `adopted`, a mixture of both, could not run
};
ConfigChange change(const Config& running, const Config& fresh);

}  // namespace relay
