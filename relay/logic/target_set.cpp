#include "logic/target_set.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "message/im_uri.h"
#include "message/name_addr.h"

namespace relay {

using namespace sip;

namespace {

/// Whether a Route leads on from here.
bool has_further_route(const Request& request, const LocalDomain& domain) {
  ValueReader routes(request.message, HeaderName::route);
  while (const auto value = routes.next())
    if (const auto route = NameAddr::parse(*value); !route || !domain.leads_here(route->uri)) return true;
  return false;
}

/// Whether both are flows of one device (RFC 5626 7).
bool is_other_flow(const Binding& one, const Binding& other) {
  return !one.instance.empty() && one.instance == other.instance && !one.reg_id.empty() &&
         !other.reg_id.empty() && one.reg_id != other.reg_id;
}

/// 18.1.1: where one is for datagrams, a connection of the same device takes what is too large for them.
bool takes_large_requests_of(const Binding& other, const Binding& one) {
  return !one.instance.empty() && one.instance == other.instance &&
         !is_reliable(one.target.endpoint.protocol) && is_reliable(other.target.endpoint.protocol);
}

/// RFC 5626: what is tied to a flow is reached by no address.
Peer device_of(const Binding& binding) {
  Peer device = binding.target;
  if (binding.is_tied_to_flow) device.endpoint.port = 0;
  return device;
}

}  // namespace

std::optional<Recipient> TargetSet::recipient_of(const Uri& request_uri) const {
  const auto gr = request_uri.params.find("gr");
  if (!gr) return Recipient{user_of(request_uri)};
  if (gr->value) {
    auto instance = Gruu::instance_of(request_uri);
    return instance ? std::optional<Recipient>({user_of(request_uri), std::move(*instance)}) : std::nullopt;
  }
  const auto key = gruu_.key_of(request_uri);
  const std::string* user = key ? location_.user_of_gruu(*key) : nullptr;
  if (!user) return std::nullopt;
  for (const Binding& binding : location_.bindings(*user))
    if (binding.gruu_key == *key) return Recipient{*user, binding.instance};
  return std::nullopt;
}

/// 16.5: every device of the user.
std::vector<Target> TargetSet::targets_of(const Recipient& recipient, const Request& request) const {
  const bool must_be_secure = equal_ignoring_case(request.message.request_uri().substr(0, 5), "sips:");
  // RFC 5627 6.1: a request to a GRUU that brings its own Route does not take the path too.
  const bool takes_path = recipient.instance.empty() || !has_further_route(request, domain_);
  std::vector<const Binding*> chosen;
  std::vector<const Binding*> passed_over;  // the newest first
  for (const Binding& binding : location_.bindings(recipient.user)) {
    // 16.6 step 7: what is asked for by SIPS goes over TLS or not at all.
    if (must_be_secure && !is_secure(binding.target.endpoint.protocol)) continue;
    if (!recipient.instance.empty() && binding.instance != recipient.instance) continue;
    // RFC 5626 7, RFC 5627 6.1: one contact of a device, that which registered last.
    const auto older = std::find_if(chosen.begin(), chosen.end(), [&](const Binding* other) {
      return !binding.instance.empty() && other->instance == binding.instance;
    });
    if (older != chosen.end()) {
      passed_over.insert(passed_over.begin(), *older);
      chosen.erase(older);
    }
    chosen.push_back(&binding);
  }
  const auto target_of = [&](const Binding& binding) {
    return Target{.request_uri = as_request_uri(*Uri::parse(binding.contact)),
                  .peer = binding.target,
                  .route = takes_path ? binding.path.text() : std::string(),
                  .device = device_of(binding),
                  .q_thousandths = binding.q_thousandths};
  };
  std::vector<Target> targets;
  targets.reserve(chosen.size());
  for (const Binding* binding : chosen) {
    targets.push_back(target_of(*binding));
    for (const Binding* other : passed_over)
      if (is_other_flow(*binding, *other) || takes_large_requests_of(*other, *binding))
        targets.back().other_flows.push_back(target_of(*other));
  }
  return targets;
}

}  // namespace relay
