#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace sip {

/// CSeq (RFC 3261 20.16); the number is below 2^31.
struct CSeq {
  std::uint32_t number = 0;
  std::string_view method;

  static Result<CSeq> parse(std::string_view value);

 private:
  friend struct MandatoryHeaders;
  /// parse() where it is; for one that is new.
  std::optional<Error> read(std::string_view value);
};

}  // namespace sip
