#include "logic/local_domain.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/encoding.h"
#include "logic/settings.h"
#include "message/im_uri.h"

namespace relay {

using namespace sip;

namespace {

bool is_same_host(std::string_view one, std::string_view other) {
  return equal_ignoring_case(without_final_dot(one), without_final_dot(other));
}

}  // namespace

LocalDomain::LocalDomain(const Settings& settings)
    : name_(lower_case(settings.domain)),
      listeners_(settings.listeners, settings.names.empty() ? name_ : settings.names.front()) {
  for (const IpAddress& address : settings.addresses) addresses_.insert(address.bytes());
  for (const std::string& name : settings.names) {
    if (const auto address = IpAddress::parse(name)) {
      addresses_.insert(address->bytes());
    } else {
      names_.push_back(name);
    }
  }
}

bool LocalDomain::has_port(std::uint16_t port) const {
  return std::any_of(listeners_.all().begin(), listeners_.all().end(),
                     [&](const Listeners::Listener& each) { return each.endpoint.port == port; });
}

bool LocalDomain::owns(const Uri& uri) const {
  // RFC 3428 5, RFC 3861 3: our own domain serves im by SIP; nothing has to be looked up.
  if (const auto im = ImUri::parse(uri.text)) {
    const std::string sip = as_sip_uri(*im);
    return owns(*Uri::parse(sip));
  }
  if (!uri.is_sip()) return false;
  const auto address = IpAddress::parse(without_final_dot(uri.host));
  // A port mapped in front of the relay does not make its domain another one.
  if (!address) return is_same_host(uri.host, name_);
  return has_host(uri.host) && (!uri.port || has_port(*uri.port));
}

bool LocalDomain::is_claimed_by(const Uri& from) const {
  const auto address = from.is_sip() ? IpAddress::parse(without_final_dot(from.host)) : std::nullopt;
  return owns(from) || (address && address == IpAddress::parse(name_));
}

bool LocalDomain::leads_here(const Uri& uri) const {
  // Another server of the same host has another port.
  return owns(uri) || (uri.is_sip() && has_name(uri.host) && (!uri.port || has_port(*uri.port)));
}

bool LocalDomain::has_name(std::string_view host) const {
  return std::any_of(names_.begin(), names_.end(),
                     [&](const std::string& name) { return is_same_host(host, name); });
}

bool LocalDomain::has_address(const IpAddress& address) const {
  return is_of_machine(address) ||
         std::any_of(listeners_.all().begin(), listeners_.all().end(),
                     [&](const Listeners::Listener& each) { return each.endpoint.address == address; });
}

bool LocalDomain::is_of_machine(const IpAddress& address) const {
  return addresses_.contains(address.bytes());
}

bool LocalDomain::has_host(std::string_view host) const {
  const auto address = IpAddress::parse(without_final_dot(host));
  return is_same_host(host, name_) || has_name(host) || (address && has_address(*address));
}

bool LocalDomain::is_led_on(const Uri& request_uri) const {
  const auto maddr = request_uri.is_sip() ? request_uri.params.value("maddr") : std::nullopt;
  return maddr && !has_host(*maddr);
}

bool LocalDomain::ends_here(const Uri& request_uri) const {
  return leads_here(request_uri) && !is_led_on(request_uri);
}

bool LocalDomain::serves_target(const Uri& request_uri) const {
  return owns(request_uri) && !is_led_on(request_uri);
}

bool LocalDomain::listens_on(const Endpoint& endpoint) const {
  const bool is_local = endpoint.address.is_loopback() || is_of_machine(endpoint.address);
  return std::any_of(listeners_.all().begin(), listeners_.all().end(), [&](const Listeners::Listener& each) {
    const Endpoint& listener = each.endpoint;
    const bool is_every =
        listener.address.is_unspecified() && listener.address.is_v4() == endpoint.address.is_v4();
    const bool same_address = listener.address == endpoint.address || (is_every && is_local);
    // Ports of UDP and TCP are different ones, whatever their numbers.
    const bool same_kind = (listener.protocol == Protocol::udp) == (endpoint.protocol == Protocol::udp);
    return same_kind && same_address && listener.port == endpoint.port;
  });
}

bool LocalDomain::may_be_led_to(const IpAddress& address) const {
  // A firewall lets pass what the machine sends to itself.
  const bool is_own_ground =
      address.is_loopback() || address.is_link_local() || address.is_unspecified() || has_address(address);
  if (!is_own_ground && !address.is_multicast()) return true;
  bool has_phones = false;
  for (const Listeners::Listener& each : listeners_.all()) {
    if (!each.endpoint.address.is_loopback()) return false;
    // Before WebSocket alone a reverse proxy may stand, and the world before that.
    has_phones = has_phones || !is_websocket(each.endpoint.protocol);
  }
  return has_phones;
}

bool LocalDomain::serves(Protocol protocol) const {
  return std::any_of(listeners_.all().begin(), listeners_.all().end(),
                     [&](const Listeners::Listener& each) { return each.endpoint.protocol == protocol; });
}

const std::string& LocalDomain::sent_by(const Peer& other_end) const {
  const auto* listener = listeners_.toward(other_end);
  return listener ? listener->sent_by : name_;
}

void LocalDomain::give_flow(Peer& other_end) const {
  if (other_end.endpoint.protocol != Protocol::udp || other_end.flow != FlowId::none) return;
  if (const auto* listener = listeners_.toward(other_end)) other_end.flow = listener->flow;
}

/// What comes in answer to what left over a transport that is not listened on has to come over another.
Protocol LocalDomain::way_back(Protocol left) const {
  for (const Protocol each : {left, Protocol::tls, Protocol::tcp, Protocol::udp})
    if (serves(each)) return each;
  return left;
}

std::string LocalDomain::route(std::string_view scheme, const Peer& other_end, std::string_view user) const {
  const Protocol served = way_back(other_end.endpoint.protocol);
  const Peer led{other_end.flow, {served, other_end.endpoint.address, other_end.endpoint.port}};
  std::string text = std::string(scheme) + ":" + std::string(user) + "@" + sent_by(led);
  switch (served) {
    case Protocol::udp: break;
    case Protocol::tcp: text += ";transport=tcp"; break;
    // RFC 3261 26.2.2: with SIPS, TCP means TLS.
    case Protocol::tls: text += scheme == "sips" ? ";transport=tcp" : ";transport=tls"; break;
    // RFC 7118 5.2.4 shows ws for both.
    case Protocol::ws:
    case Protocol::wss: text += ";transport=ws"; break;
  }
  return text + ";lr";
}

bool LocalDomain::is_own_via(const Via& via) const {
  const auto protocol = parse_protocol(via.transport);
  if (!protocol) return false;
  const std::string port = via.port ? ":" + std::to_string(*via.port) : std::string();
  const auto is_named = [&](std::string_view sent_by) {
    return sent_by.size() == via.host.size() + port.size() && sent_by.ends_with(port) &&
           equal_ignoring_case(sent_by.substr(0, via.host.size()), via.host);
  };
  if (!serves(*protocol)) return is_named(name_);
  return std::any_of(listeners_.all().begin(), listeners_.all().end(), [&](const Listeners::Listener& each) {
    return each.endpoint.protocol == *protocol && is_named(each.sent_by);
  });
}

std::string user_of(const Uri& uri) {
  const auto im = ImUri::parse(uri.text);
  const std::string_view user = im ? im->user : uri.user;
  return percent_decoded(user).value_or(std::string(user));
}

}  // namespace relay
