#pragma once

#include <optional>
#include <string>

#include "ops/http.h"

namespace relay {

/// Who may use the admin API: with a token whoever shows it (RFC 6750 2.1), without one whoever can reach it,
/// which must be this machine alone. In no case a page in a browser.
class AdminGate {
 public:
  /// Empty for none.
  explicit AdminGate(std::string token) : token_(std::move(token)) {}

  /// The answer to a request that is not let in.
  std::optional<HttpAnswer> refuse(const HttpRequest& request) const;

 private:
  std::string token_;
};

}  // namespace relay
