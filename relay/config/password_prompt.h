#pragma once

#include <string>

#include "config/config.h"

namespace relay {

/// The new password of an account: asked for twice without echo when standard input is a terminal, else its
/// first line. Neither empty nor longer than 1024 bytes.
Configured<std::string> ask_password(const std::string& account);

}  // namespace relay
