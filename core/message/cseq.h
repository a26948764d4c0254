#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace sip {

/// CSeq (RFC 3261 20.16); the number is below 2^31.
struct CSeq {
  std::uint32_t number = 0;
  std::string_view method;

  static Result<CSeq> parse(std::string_view value);
};

}  // namespace sip
