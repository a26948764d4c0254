#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "message/params.h"

namespace sip {

/// Content-Disposition of a message or of one of its body parts (RFC 3261 20.11, RFC 5621 8.1), borrowed from
/// the text it was parsed from.
struct ContentDisposition {
  /// What becomes of a body that is not understood. "required" where nothing, or nothing known, is said.
  enum class Handling : std::uint8_t {
    required,  ///< 415
    optional,  ///< it is passed over
  };

  std::string_view type = "render";  ///< what it is for; compared without case
  Handling handling = Handling::required;
  Params params;

  static Result<ContentDisposition> parse(std::string_view value);
  /// A value that is malformed is as if it were not there (RFC 3261 8.2.2).
  static ContentDisposition parse_or_default(std::string_view value);

  bool is(std::string_view type_wanted) const;
  /// To be shown: "render", which mail calls "inline" (RFC 3261 20.11, RFC 2183 2.1).
  bool is_rendered() const { return is("render") || is("inline"); }
  bool is_optional() const { return handling == Handling::optional; }
};

}  // namespace sip
