#pragma once

#include <optional>
#include <string>
#include <vector>

#include "logic/gruu.h"
#include "logic/local_domain.h"
#include "logic/location.h"
#include "logic/request.h"
#include "logic/target.h"

namespace relay {

/// Whom a Request-URI of our domain means: a user, and by a GRUU one device of theirs.
struct Recipient {
  std::string user;
  std::string instance = {};  ///< empty: all of them
};

/// Finds the target set of requests for our own users (RFC 3261 16.5).
class TargetSet {
 public:
  TargetSet(const LocalDomain& domain, const Location& location, const Gruu& gruu)
      : domain_(domain), location_(location), gruu_(gruu) {}

  /// None for a GRUU that is not valid, or not any more (RFC 5627 6.1).
  std::optional<Recipient> recipient_of(const sip::Uri& request_uri) const;
  /// Every device of the recipient that the request may go to; empty where none is registered.
  std::vector<Target> targets_of(const Recipient& recipient, const Request& request) const;

 private:
  const LocalDomain& domain_;
  const Location& location_;
  const Gruu& gruu_;
};

}  // namespace relay
