#pragma once

#include <string>
#include <string_view>

#include "base/keyed_hash.h"
#include "base/random.h"
#include "logic/local_domain.h"
#include "logic/request.h"

namespace relay {

/// Knows a request that has been here before and would go the same way again (RFC 3261 16.3 step 4, RFC 5393
/// 4).
class LoopDetection {
 public:
  LoopDetection(const LocalDomain& domain, sip::Random random)
      : domain_(domain), key_{random.next(), random.next()} {}

  /// What ends every branch of ours for this request.
  std::string mark(const Request& request) const;
  bool is_loop(const Request& request, std::string_view mark) const;

 private:
  const LocalDomain& domain_;
  sip::HashKey key_;
};

}  // namespace relay
