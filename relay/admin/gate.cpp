#include "admin/gate.h"

#include <string_view>

#include "admin/answer.h"
#include "base/ascii.h"
#include "base/constant_time.h"
#include "base/sha256.h"
#include "transport/endpoint.h"

namespace relay {
namespace {

/// A name other than these may be a web site's, made to lead here (DNS rebinding).
bool is_address(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && !host.ends_with(']')) host = host.substr(0, colon);
  return host.empty() || host == "localhost" || sip::IpAddress::parse(host).has_value();
}

/// The token of "Bearer TOKEN".
std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  const bool is_bearer = authorization.size() > scheme.size() &&
                         sip::equal_ignoring_case(authorization.substr(0, scheme.size()), scheme);
  return is_bearer ? authorization.substr(scheme.size()) : std::string_view();
}

}  // namespace

std::optional<HttpAnswer> AdminGate::refuse(const HttpRequest& request) const {
  // A browser tells where a page that changes something comes from, and this serves none.
  if (!request.origin.empty()) return admin_error(403, "pages may not use this");
  if (token_.empty()) {
    if (is_address(request.host)) return std::nullopt;
    return admin_error(403, "Host must be an address or localhost");
  }
  // By digests, which are of one length: the time tells nothing of the token's, either.
  const std::string shown = sip::sha256_hex(bearer_token(request.authorization));
  if (sip::equal_in_constant_time(shown, sip::sha256_hex(token_))) return std::nullopt;
  return admin_error(401, "show the token: Authorization: Bearer ...");
}

}  // namespace relay
