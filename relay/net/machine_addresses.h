#pragma once

#include <vector>

#include "transport/endpoint.h"

namespace relay {

/// Those that the listeners at every address are reached at now: of all network interfaces, and of their
/// kinds.
std::vector<sip::IpAddress> machine_addresses(const std::vector<sip::Endpoint>& listeners);

}  // namespace relay
