#include "ua/redirection.h"

#include "base/ascii.h"
#include "message/contact.h"
#include "transport/endpoint.h"

namespace sip {
namespace {

/// The domain itself, or a host that its owner has named below it.
bool is_of_domain(std::string_view host, std::string_view domain) {
  if (equal_ignoring_case(host, domain)) return true;
  if (IpAddress::parse(domain) || host.size() <= domain.size() + 1) return false;
  const std::string_view tail = host.substr(host.size() - domain.size());
  return host[host.size() - domain.size() - 1] == '.' && equal_ignoring_case(tail, domain);
}

std::string without_user(const Uri& uri) {
  std::string text = lower_case(uri.scheme) + ":" + std::string(uri.host);
  if (uri.port) text += ":" + std::to_string(*uri.port);
  return text;
}

}  // namespace

std::optional<Redirection> Redirection::read(const MessageView& response, std::string_view registrar,
                                             const OutboundProxySet& servers) {
  const auto present = Uri::parse(registrar);
  if (!present) return std::nullopt;
  for (const Contact& contact : contacts_by_preference(response)) {
    const Uri& uri = contact.address.uri;
    if (!uri.is_sip()) continue;
    if (equal_ignoring_case(present->scheme, "sips") && !equal_ignoring_case(uri.scheme, "sips")) continue;
    const auto server = servers.find(uri);
    if (server || is_of_domain(uri.host, present->host)) return Redirection{server, without_user(uri)};
  }
  return std::nullopt;
}

}  // namespace sip
