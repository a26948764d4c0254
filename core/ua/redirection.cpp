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
  std::optional<Redirection> best;
  unsigned best_q = 0;
  ValueReader contacts(response, HeaderName::contact);
  while (const auto value = contacts.next()) {
    const auto contact = Contact::parse(*value);
    if (!contact || contact->star || !contact->address.uri.is_sip()) continue;
    const Uri& uri = contact->address.uri;
    if (equal_ignoring_case(present->scheme, "sips") && !equal_ignoring_case(uri.scheme, "sips")) continue;
    const auto server = servers.find(uri);
    if (!server && !is_of_domain(uri.host, present->host)) continue;
    // 20.10: by q; the first of equals.
    if (best && contact->q_thousandths <= best_q) continue;
    best = Redirection{server, without_user(uri)};
    best_q = contact->q_thousandths;
  }
  return best;
}

}  // namespace sip
