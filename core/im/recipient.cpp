#include "im/recipient.h"

#include "base/ascii.h"
#include "message/im_uri.h"
#include "message/name_addr.h"
#include "message/tel_uri.h"

namespace sip {
namespace {

std::string im_recipient(const ImUri& uri, std::string_view own_domain) {
  if (equal_ignoring_case(uri.host, own_domain)) return as_sip_uri(uri);
  return "im:" + std::string(uri.user) + "@" + std::string(uri.host);
}

}  // namespace

std::optional<std::string> recipient_uri(std::string_view typed, std::string_view own_domain) {
  typed = trim(typed);
  if (typed.find('<') != std::string_view::npos) {
    const auto address = NameAddr::parse(typed);
    if (!address) return std::nullopt;
    typed = address->uri.text;
  }
  if (const auto im = ImUri::parse(typed)) return im_recipient(*im, own_domain);
  if (const auto tel = TelUri::parse(typed)) {
    if (own_domain.empty()) return std::nullopt;
    return as_sip_uri(*tel, own_domain);
  }
  std::string text(typed);
  const std::size_t at = text.find('@');
  // A colon behind the '@' is that of a port. One before it ends a scheme, known or not: "mailto:bob@host"
  // must not become the user "mailto" with a password.
  if (text.find(':') >= at) {
    if (at == std::string::npos) text += "@" + std::string(own_domain);
    text = "sip:" + text;
  }
  const auto uri = Uri::parse(text);
  // 19.1.1: headers in a URI would let whoever gave it write into the request.
  if (!uri || !uri->is_sip() || uri->user.empty() || !uri->headers.empty()) return std::nullopt;
  return text;
}

std::string peer_key(std::string_view uri) {
  const auto parsed = Uri::parse(uri);
  return parsed && parsed->is_sip() ? address_of_record(*parsed) : std::string(uri);
}

}  // namespace sip
