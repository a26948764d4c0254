#include "message/im_uri.h"

#include "base/ascii.h"
#include "message/uri.h"

namespace sip {

Result<ImUri> ImUri::parse(std::string_view text) {
  if (text.size() < 3 || !equal_ignoring_case(text.substr(0, 3), "im:")) return Error{Errc::syntax, 0, "im"};
  const std::string_view mailbox = text.substr(3);
  const std::size_t at = mailbox.find('@');
  // What a SIP URI takes apart by other delimiters can't be one: "im:a@b?subject=x" would write into the
  // request.
  if (at == std::string_view::npos || mailbox.find_first_of(":;?/,\"<>\\ ") != std::string_view::npos)
    return Error{Errc::syntax, 3, "im"};
  // The rest of the grammar is that of a SIP URI's user and host.
  const std::string sip = "sip:" + std::string(mailbox);
  if (const auto uri = Uri::parse(sip); !uri || uri->user.empty()) return Error{Errc::syntax, 3, "im"};
  return ImUri{mailbox.substr(0, at), mailbox.substr(at + 1)};
}

bool equivalent(const ImUri& a, const ImUri& b) {
  const std::string first = as_sip_uri(a);
  const std::string second = as_sip_uri(b);
  return equivalent(*Uri::parse(first), *Uri::parse(second));
}

std::string as_sip_uri(const ImUri& uri) {
  return "sip:" + std::string(uri.user) + "@" + std::string(uri.host);
}

}  // namespace sip
