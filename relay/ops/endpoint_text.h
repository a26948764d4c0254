#pragma once

#include <string>

#include "transport/endpoint.h"

namespace relay {

/// "ws 127.0.0.1:8060", "udp [::1]:5060".
std::string to_text(const sip::Endpoint& endpoint);

}  // namespace relay
