#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sip {

/// An im URI with a mailbox and without headers (RFC 3860 A.2), borrowed from the text it was parsed from.
/// Only the mailboxes that a SIP URI can express are taken: a dot-atom, which may hold escapes, at a domain.
struct ImUri {
  std::string_view user;  ///< escapes left in
  std::string_view host;

  static Result<ImUri> parse(std::string_view text);
};

/// RFC 3860 says nothing of equality; RFC 3986 6.2.2 does: scheme and host without case, escapes undone where
/// they need not be.
bool equivalent(const ImUri& a, const ImUri& b);

/// The SIP URI that an im URI stands for once its domain is known to serve SIP (RFC 3428 5, RFC 3861 3).
std::string as_sip_uri(const ImUri& uri);

}  // namespace sip
