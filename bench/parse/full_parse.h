#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "message/mandatory_headers.h"

namespace bench {

/// What a full parse has found; borrows the text.
struct FullParse {
  std::string_view method;  ///< empty for a response
  int status = 0;           ///< 0 for a request
  sip::MandatoryHeaders headers;
  std::optional<sip::Uri> contact;  ///< of the first Contact
  std::string_view realm;           ///< of the first challenge or credentials
  std::size_t vias = 0;
  std::size_t routes = 0;  ///< Route and Record-Route
  std::size_t contacts = 0;
  std::size_t proofs = 0;      ///< challenges and credentials
  std::size_t parameters = 0;  ///< of all values and URIs
  std::size_t options = 0;     ///< methods and option tags of the lists
  std::size_t body = 0;        ///< bytes
};

/// Reads every header field by its type, down to each parameter; none where one of them is malformed.
std::optional<FullParse> full_parse(std::string_view text);

}  // namespace bench
