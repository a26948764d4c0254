#pragma once

#include <vector>

#include "base/random.h"
#include "logic/dns.h"

namespace relay {

/// The order in which targets are tried (RFC 2782): by priority, and within one by chance as the weights have
/// it.
std::vector<SrvRecord> in_order(std::vector<SrvRecord> records, sip::Random& random);

}  // namespace relay
