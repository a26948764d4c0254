#include "logic/request_forwarding.h"

#include "base/sha256.h"
#include "logic/max_breadth.h"
#include "logic/path.h"
#include "message/im_uri.h"
#include "message/message.h"

namespace relay {

using namespace sip;

namespace {

/// 16.6 step 3: what is counted down, and what a request without it starts with.
std::string next_max_forwards(const Request& request) {
  const auto received = request.headers.max_forwards;
  return std::to_string(received ? *received - 1 : 70);
}

}  // namespace

std::string RequestForwarding::copy(const Request& request, const Target& target, std::string_view branch,
                                    unsigned breadth) const {
  const Protocol protocol = target.peer.endpoint.protocol;
  const std::string via = "SIP/2.0/" + std::string(via_transport(protocol)) + " " +
                          domain_.sent_by(target.peer) + ";branch=" + std::string(branch) +
                          (protocol == Protocol::udp ? ";rport" : "") +
                          (alias_.is_offered(target.peer) ? ";alias" : "");
  MessageEdit edit(request.message);
  const Routing routing = routing_of(request, target);
  edit.request_uri(routing.request_uri)
      .prepend(HeaderName::via, via)
      .replace(HeaderName::max_forwards, next_max_forwards(request))
      .replace(HeaderName::max_breadth, std::to_string(breadth));
  if (routing.is_changed) {
    if (routing.route.empty()) {
      edit.remove(HeaderName::route);
    } else {
      edit.replace(HeaderName::route, routing.route);
    }
  }
  if (RecordRoute::is_wanted(request.message))
    edit.prepend(HeaderName::record_route,
                 record_route_.value(request, target.request_uri, target.peer, target.device, target.ends));
  if (request.message.method() == "REGISTER") add_path(request, target.peer, edit);
  identity_.mark(edit, request, target.peer);
  // 22.3: credentials for other realms are for the proxies behind us.
  authenticator_.withhold(edit, request.message);
  return edit.write();
}

/// A registration leaves for the server of another domain, to whose client there is no way but by us.
void RequestForwarding::add_path(const Request& request, const Peer& server, MessageEdit& edit) const {
  edit.prepend(HeaderName::path, edge_.path(request, server));
  // RFC 3327 5.2.
  if (!lists_option(request.message, HeaderName::require, "path")) edit.prepend(HeaderName::require, "path");
}

/// 16.4: Routes that led here have done their work. 16.6 step 6: a strict router finds itself in the
/// Request-URI, and what stood there at the end of the Route. Paths are of loose routers alone (RFC 3327 4).
RequestForwarding::Routing RequestForwarding::routing_of(const Request& request, const Target& target) const {
  Routing routing{target.request_uri, target.route, !target.route.empty()};
  std::optional<Uri> strict_router;
  bool is_further = false;
  const auto append = [&](std::string_view value) {
    if (!routing.route.empty()) routing.route += ", ";
    routing.route += value;
  };
  ValueReader routes(request.message, HeaderName::route);
  while (const auto value = routes.next()) {
    const auto uri = NameAddr::parse(*value);
    const bool is_first = !is_further;
    is_further = is_further || !uri || !domain_.leads_here(uri->uri);
    const bool is_strict = is_further && is_first && target.route.empty() && uri && uri->uri.is_sip() &&
                           !uri->uri.params.has("lr");
    if (is_strict) strict_router = uri->uri;
    routing.is_changed = routing.is_changed || !is_further || is_strict;
    if (is_further && !is_strict) append(*value);
  }
  if (strict_router) {
    append("<" + routing.request_uri + ">");
    routing.request_uri = as_request_uri(*strict_router);
  }
  return routing;
}

std::string RequestForwarding::stateless_copy(const Request& request, const Target& target) const {
  std::string text = key_;
  ValueReader vias(request.message, HeaderName::via);
  text.append(vias.next().value_or(""))
      .append("\n")
      .append(request.headers.call_id)
      .append(target.request_uri);
  const std::string branch = std::string(branch_magic_cookie) + sha256_hex(text).substr(0, 32);
  // RFC 5393 5.3.3: never more than came in.
  const auto breadth = MaxBreadth::incoming(request.message);
  return copy(request, target, branch,
              breadth ? static_cast<unsigned>(breadth->branches()) : MaxBreadth::largest);
}

/// RFC 3428 5: a SIP URI travels on, for the next proxy may not know im.
std::string RequestForwarding::onward_uri(const Request& request) {
  std::string text(request.message.request_uri());
  if (const auto im = ImUri::parse(text)) text = as_sip_uri(*im);
  return text;
}

std::optional<Uri> RequestForwarding::next_hop(const Request& request, const Uri& request_uri) const {
  ValueReader routes(request.message, HeaderName::route);
  while (const auto value = routes.next()) {
    const auto route = NameAddr::parse(*value);
    if (!route) return std::nullopt;
    if (!domain_.leads_here(route->uri)) return route->uri;
  }
  return request_uri;
}

}  // namespace relay
