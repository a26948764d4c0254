#include "logic/service_routes.h"

#include <algorithm>

#include "message/name_addr.h"

namespace relay {

using namespace sip;

void ServiceRoutes::forwarded(TransactionId name, const Request& request) {
  if (request.message.method() != "REGISTER") return;
  const auto registrar = Uri::parse(request.message.request_uri());
  const std::string* upstream = registrar ? edge_.upstream_of(*registrar) : nullptr;
  if (upstream) registrations_.insert_or_assign(name, *upstream);
}

void ServiceRoutes::answered(TransactionId name, std::string_view response) {
  const auto registration = registrations_.extract(name);
  // There may have been a reload meanwhile.
  if (registration.empty() || !edge_.has_upstream(registration.mapped())) return;
  const auto view = MessageView::parse(response);
  if (!view || view->status() >= 300) return;
  const auto route = first_beyond(*view, HeaderName::service_route);
  if (!route || route->text.size() > max_size) return;
  auto& routes = named_[registration.mapped()];
  std::erase(routes, route->text);
  if (routes.size() == max_routes) routes.pop_front();
  routes.emplace_back(route->text);
}

std::optional<Uri> ServiceRoutes::followed(const Request& request, const std::string& upstream) const {
  const auto known = named_.find(upstream);
  if (known == named_.end()) return std::nullopt;
  const auto route = first_beyond(request.message, HeaderName::route);
  if (!route) return std::nullopt;
  // RFC 3608 6.1: a client repeats what it was told.
  const auto& routes = known->second;
  return std::find(routes.begin(), routes.end(), route->text) == routes.end() ? std::nullopt : route;
}

void ServiceRoutes::upstreams_changed() {
  std::erase_if(named_, [&](const auto& entry) { return !edge_.has_upstream(entry.first); });
}

/// 6.3: a registrar that knows of this relay may name it first.
std::optional<Uri> ServiceRoutes::first_beyond(const MessageView& message, HeaderName name) const {
  ValueReader values(message, name);
  while (const auto value = values.next()) {
    const auto route = NameAddr::parse(*value);
    // Without lr, a strict router would have to be its Request-URI (RFC 3261 16.6 step 6).
    if (!route || !route->uri.is_sip() || !route->uri.params.has("lr")) return std::nullopt;
    if (!domain_.leads_here(route->uri)) return route->uri;
  }
  return std::nullopt;
}

}  // namespace relay
