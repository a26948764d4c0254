#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "logic/listeners.h"
#include "message/uri.h"
#include "message/via.h"
#include "transport/endpoint.h"

namespace relay {

struct Settings;

/// What the relay is responsible for: a domain, the addresses it listens on, and further names of its host
/// (RFC 3261 16.4, 16.5).
class LocalDomain {
 public:
  explicit LocalDomain(const Settings& settings);

  const std::string& name() const { return name_; }
  /// Whether a sip, sips or im URI points here: at the domain, or at an address with a port that is listened
  /// on.
  bool owns(const sip::Uri& uri) const;
  /// Whether a From is that of a user here to whoever reads it: people are known by name and host, and not by
  /// the port, which makes another server of a domain that is an address.
  bool is_claimed_by(const sip::Uri& from) const;
  /// Whether a Route or the URI of a registrar points here: besides, by a name of the host, which has no
  /// users.
  bool leads_here(const sip::Uri& uri) const;
  /// Whether a Request-URI leads no further: a maddr that is none of ours leads elsewhere (16.4, 16.5).
  bool ends_here(const sip::Uri& request_uri) const;
  /// Whether it means somebody here.
  bool serves_target(const sip::Uri& request_uri) const;
  /// Whether something sent there would come back to the relay.
  bool listens_on(const sip::Endpoint& endpoint) const;
  /// Whether others than the operator may lead a request there: to no address that means the relay's own
  /// machine or link, unless phones reach the relay nowhere else.
  bool may_be_led_to(const sip::IpAddress& address) const;
  bool serves(sip::Protocol protocol) const;
  /// A UDP socket: Listeners::opened().
  void opened(const sip::Peer& socket) { listeners_.opened(socket); }
  /// sent-by for a Via: where the other end reaches us by its transport, as Listeners::toward() has it; the
  /// host's first name, or the domain, where that is every address.
  const std::string& sent_by(const sip::Peer& other_end) const;
  /// Has datagrams to somebody whose flow is not known leave by the socket that sent_by() names.
  void give_flow(sip::Peer& other_end) const;
  /// A loose route to us for the other end, by its transport or, where that is not listened on, by another
  /// one, with `user` as its user part.
  std::string route(std::string_view scheme, const sip::Peer& other_end, std::string_view user) const;
  bool is_own_via(const sip::Via& via) const;

 private:
  bool is_led_on(const sip::Uri& request_uri) const;
  bool has_port(std::uint16_t port) const;
  bool has_host(std::string_view host) const;
  bool has_name(std::string_view host) const;
  bool has_address(const sip::IpAddress& address) const;
  bool is_of_machine(const sip::IpAddress& address) const;
  sip::Protocol way_back(sip::Protocol left) const;

  std::string name_;
  std::vector<std::string> names_;  ///< of the host, but for addresses
  /// That lead here, besides those of the listeners.
  std::set<std::array<std::uint8_t, 16>> addresses_;
  Listeners listeners_;
};

/// The user part with its escapes undone: what the registrar and the store know a user by (RFC 3261 10.3
/// step 5).
std::string user_of(const sip::Uri& uri);

}  // namespace relay
