#pragma once

#include <optional>
#include <string>

namespace relay {

/// Has the process go on as that user of the system, with nothing left of root but that it may take ports
/// below 1024 (CAP_NET_BIND_SERVICE, capabilities(7)), and no way back. Not once there is another thread.
/// Nothing is done for an empty name, or where it is that user's already. Gives why it can't.
std::optional<std::string> run_as(const std::string& user);

}  // namespace relay
