#include "logic/edge_proxy.h"

#include <algorithm>

#include "base/ascii.h"
#include "logic/server_location.h"
#include "message/contact.h"
#include "message/name_addr.h"

namespace relay {

using namespace sip;

namespace {

/// No dialog has it: a Call-ID holds no line break.
constexpr std::string_view path_scope = "\npath";

std::string host_of(const Uri& uri) { return lower_case(without_final_dot(uri.host)); }

bool is_same_host(const std::string& one, const std::string& other) {
  const auto address = IpAddress::parse(one);
  return one == other || (address && address == IpAddress::parse(other));
}

bool has_reg_id(const Request& request) {
  ValueReader contacts(request.message, HeaderName::contact);
  while (const auto value = contacts.next())
    if (const auto contact = Contact::parse(*value); contact && contact->address.params.has("reg-id"))
      return true;
  return false;
}

/// The first value of the Route with a token, as long as all before it are ours, too.
std::optional<Uri> route_with_token(const Request& request, const LocalDomain& domain) {
  ValueReader routes(request.message, HeaderName::route);
  while (const auto value = routes.next()) {
    const auto route = NameAddr::parse(*value);
    if (!route || !domain.leads_here(route->uri)) return std::nullopt;
    if (FlowToken::is_token(route->uri.user)) return route->uri;
  }
  return std::nullopt;
}

bool is_same_flow(const Peer& one, const Peer& other) {
  // Over UDP the flow is our socket.
  return is_reliable(one.endpoint.protocol) ? one.flow == other.flow : one.endpoint == other.endpoint;
}

}  // namespace

const std::string* EdgeProxy::upstream_of_named(const Uri& uri) const {
  if (!uri.is_sip() || domain_.leads_here(uri)) return nullptr;
  const auto found = upstreams_.find(host_of(uri));
  return found == upstreams_.end() ? nullptr : &found->second;
}

const std::string* EdgeProxy::upstream_of(const Uri& uri) const {
  if (const std::string* named = upstream_of_named(uri)) return named;
  if (!uri.is_sip() || domain_.leads_here(uri)) return nullptr;
  const auto found = upstreams_.find(any_domain);
  return found == upstreams_.end() ? nullptr : &found->second;
}

const std::string* EdgeProxy::domain_at(const Uri& next_hop) const {
  if (!next_hop.is_sip() || domain_.leads_here(next_hop)) return nullptr;
  auto found = upstreams_.find(host_of(next_hop));
  if (found == upstreams_.end())
    found = std::find_if(upstreams_.begin(), upstreams_.end(), [&](const auto& entry) {
      return is_same_host(ServerLocation::target_of(*Uri::parse(entry.second)),
                          ServerLocation::target_of(next_hop));
    });
  return found == upstreams_.end() ? nullptr : &found->first;
}

bool EdgeProxy::has_upstream(std::string_view server) const {
  return std::any_of(upstreams_.begin(), upstreams_.end(),
                     [&](const auto& entry) { return entry.second == server; });
}

EdgeProxy::Crossing EdgeProxy::crossing(const Request& request) const {
  if (request.message.method() == "REGISTER") {
    const auto registrar = Uri::parse(request.message.request_uri());
    return registrar && upstream_of(*registrar) ? Crossing::up : Crossing::none;
  }
  const Crossing by_path = crossing_by_path(request);
  if (by_path != Crossing::none) return by_path;
  return upstream_of(request.headers.from.uri) ? Crossing::up : Crossing::none;
}

EdgeProxy::Crossing EdgeProxy::crossing_by_path(const Request& request) const {
  const auto route = route_with_token(request, domain_);
  if (!route) return Crossing::none;
  const auto opened = token_.open(route->user, path_scope);
  if (!opened) return route->params.has("ob") ? Crossing::forged : Crossing::none;
  // 5.3: what comes over the very flow is on its way out.
  return is_same_flow(*opened->peer, request.from) ? Crossing::none : Crossing::down;
}

std::string EdgeProxy::path(const Request& request, const Peer& server) const {
  Peer client = request.from;
  // 5.3.1: over this connection or not at all.
  if (is_reliable(client.endpoint.protocol)) client.endpoint.port = 0;
  const bool is_secure = equal_ignoring_case(request.message.request_uri().substr(0, 5), "sips:");
  std::string uri = domain_.route(is_secure ? "sips" : "sip", server, token_.seal(client, path_scope));
  // 5.1: the first hop says so, and answers keep-alives (5.4).
  if (is_first_hop(request) && has_reg_id(request)) uri += ";ob";
  return "<" + uri + ">";
}

std::optional<EdgeProxy::Descent> EdgeProxy::descent(const Request& request) const {
  const auto route = route_with_token(request, domain_);
  const auto opened = route ? token_.open(route->user, path_scope) : std::nullopt;
  if (!opened) return std::nullopt;
  return Descent{*opened->peer, route->params.has("ob")};
}

}  // namespace relay
