#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "message/params.h"

namespace sip {

/// The value of WWW-Authenticate, Proxy-Authenticate, Authorization, Proxy-Authorization (RFC
/// 3261 20.7, 25.1): a scheme and comma-separated name=value pairs, borrowed. Authentication-Info and
/// Proxy-Authentication-Info have the pairs alone (RFC 3261 20.6).
struct AuthParams {
  std::string_view scheme;
  std::string_view params;  ///< known to be well-formed

  static Result<AuthParams> parse(std::string_view value);
  /// The same without a scheme, as in Authentication-Info.
  static Result<AuthParams> parse_info(std::string_view value);
  /// First value of that name without case; a quoted one without its quotes, escapes left in.
  std::optional<std::string_view> value(std::string_view name) const;
};

/// Reads the pairs one by one, in order.
class AuthParamReader {
 public:
  explicit AuthParamReader(const AuthParams& auth) : scanner_(auth.params) {}
  std::optional<Param> next();

 private:
  Scanner scanner_;
};

}  // namespace sip
