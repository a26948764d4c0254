#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "message/params.h"

namespace sip {

/// One via-parm (RFC 3261 20.42).
struct Via {
  std::string_view transport;  ///< "UDP", "TCP", "TLS", "WS", "WSS" as written
  std::string_view host;
  std::optional<std::uint16_t> port;
  Params params;

  static Result<Via> parse(std::string_view value);
  /// The branch parameter, empty when absent.
  std::string_view branch() const { return branch_; }

 private:
  friend struct MandatoryHeaders;
  /// parse() where it is; for one that is new.
  std::optional<Error> read(std::string_view value);
  std::string_view branch_;
};

/// Every branch of an RFC 3261 element starts with it (RFC 3261 8.1.1.7).
inline constexpr std::string_view branch_magic_cookie = "z9hG4bK";

}  // namespace sip
