#include "logic/local_domain.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/encoding.h"
#include "message/im_uri.h"

namespace relay {

using namespace sip;

LocalDomain::LocalDomain(std::string_view name, std::vector<Endpoint> listeners)
    : name_(lower_case(name)), listeners_(std::move(listeners)) {
  for (const Protocol protocol : {Protocol::udp, Protocol::tcp, Protocol::tls, Protocol::ws, Protocol::wss})
    for (const Family family : {Family::unknown, Family::v4, Family::v6})
      sent_by_[static_cast<std::size_t>(protocol)][static_cast<std::size_t>(family)] =
          found_sent_by(protocol, family);
}

/// Of an end that only its flow leads to the address is not known.
LocalDomain::Family LocalDomain::family(const IpAddress& address) {
  if (address.is_v4()) return Family::v4;
  return address.is_unspecified() ? Family::unknown : Family::v6;
}

bool LocalDomain::has_port(std::uint16_t port) const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [&](const Endpoint& listener) { return listener.port == port; });
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
  if (!address) return is_named(uri.host);
  return has_host(uri.host) && (!uri.port || has_port(*uri.port));
}

bool LocalDomain::is_named(std::string_view host) const {
  return equal_ignoring_case(without_final_dot(host), without_final_dot(name_));
}

bool LocalDomain::has_host(std::string_view host) const {
  const auto address = IpAddress::parse(without_final_dot(host));
  return is_named(host) ||
         (address && std::any_of(listeners_.begin(), listeners_.end(),
                                 [&](const Endpoint& listener) { return listener.address == *address; }));
}

bool LocalDomain::serves_target(const Uri& request_uri) const {
  const auto maddr = request_uri.is_sip() ? request_uri.params.value("maddr") : std::nullopt;
  return owns(request_uri) && (!maddr || has_host(*maddr));
}

bool LocalDomain::listens_on(const Endpoint& endpoint) const {
  return std::any_of(listeners_.begin(), listeners_.end(), [&](const Endpoint& listener) {
    const bool same_address = listener.address == endpoint.address ||
                              (listener.address.is_unspecified() && endpoint.address.is_loopback());
    // Ports of UDP and TCP are different ones, whatever their numbers.
    const bool same_kind = (listener.protocol == Protocol::udp) == (endpoint.protocol == Protocol::udp);
    return same_kind && same_address && listener.port == endpoint.port;
  });
}

bool LocalDomain::may_be_led_to(const IpAddress& address) const {
  const bool is_own_ground = address.is_loopback() || address.is_link_local() || address.is_unspecified();
  if (!is_own_ground && !address.is_multicast()) return true;
  bool has_phones = false;
  for (const Endpoint& listener : listeners_) {
    if (!listener.address.is_loopback()) return false;
    // Before WebSocket alone a reverse proxy may stand, and the world before that.
    has_phones = has_phones || !is_websocket(listener.protocol);
  }
  return has_phones;
}

bool LocalDomain::serves(Protocol protocol) const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [&](const Endpoint& listener) { return listener.protocol == protocol; });
}

std::string LocalDomain::found_sent_by(Protocol protocol, Family family) const {
  const Endpoint* found = nullptr;
  for (const Endpoint& listener : listeners_) {
    if (listener.protocol != protocol) continue;
    const bool is_reached = family != Family::unknown && listener.address.is_v4() == (family == Family::v4);
    if (!found || is_reached) found = &listener;
    if (is_reached) break;
  }
  if (!found) return name_;
  const std::string host = found->address.is_unspecified() ? name_ : found->address.host();
  return host + ":" + std::to_string(found->port);
}

const std::string& LocalDomain::sent_by(const Endpoint& other_end) const {
  return sent_by_[static_cast<std::size_t>(other_end.protocol)]
                 [static_cast<std::size_t>(family(other_end.address))];
}

std::string LocalDomain::route(std::string_view scheme, const Endpoint& other_end,
                               std::string_view user) const {
  // What comes in answer to what left over a transport that is not listened on has to come over another.
  const Protocol served = serves(other_end.protocol) ? other_end.protocol : Protocol::udp;
  std::string text = std::string(scheme) + ":" + std::string(user) + "@" +
                     sent_by({served, other_end.address, other_end.port});
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
  const auto& ours = sent_by_[static_cast<std::size_t>(*protocol)];
  const std::string port = via.port ? ":" + std::to_string(*via.port) : std::string();
  return std::any_of(ours.begin(), ours.end(), [&](std::string_view sent_by) {
    return sent_by.size() == via.host.size() + port.size() && sent_by.ends_with(port) &&
           equal_ignoring_case(sent_by.substr(0, via.host.size()), via.host);
  });
}

std::string user_of(const Uri& uri) {
  const auto im = ImUri::parse(uri.text);
  const std::string_view user = im ? im->user : uri.user;
  return percent_decoded(user).value_or(std::string(user));
}

}  // namespace relay
