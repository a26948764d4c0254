#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "message/params.h"

namespace sip {

/// A tel URI (RFC 3966 3), borrowed from the text it was parsed from.
struct TelUri {
  std::string_view subscriber;  ///< telephone-subscriber: everything behind "tel:"
  std::string_view number;      ///< with its "+" where global, visual separators left in
  bool is_global = false;
  Params params;  ///< a local number has phone-context

  static Result<TelUri> parse(std::string_view text);
};

/// RFC 3966 4: without visual separators, case and the order of parameters.
bool equivalent(const TelUri& a, const TelUri& b);

/// The SIP URI of the number at a domain (RFC 3261 19.1.6): the whole subscriber in the user part,
/// user=phone. Spelled as RFC 3966 3 and 5.1.1 advise for where URIs are compared as texts: lower case, no
/// visual separators.
std::string as_sip_uri(const TelUri& uri, std::string_view domain);

}  // namespace sip
