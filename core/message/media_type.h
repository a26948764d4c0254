#pragma once

#include <string_view>

#include "base/result.h"
#include "message/params.h"

namespace sip {

/// Content-Type and one range of Accept (RFC 3261 20.1, 20.15).
struct MediaType {
  std::string_view type;
  std::string_view subtype;
  Params params;

  static Result<MediaType> parse(std::string_view value);
  bool is(std::string_view type_wanted, std::string_view subtype_wanted) const;
};

}  // namespace sip
