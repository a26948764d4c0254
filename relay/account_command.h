#pragma once

#include "config/command_line.h"

namespace relay {

/// `sipmsg-relay user ...`. Gives the exit code.
int run_user_command(const UserCommand& command);

}  // namespace relay
