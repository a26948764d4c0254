#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "message/uri.h"
#include "message/via.h"
#include "transport/endpoint.h"

namespace relay {

/// What the relay is responsible for: a domain and the addresses it listens on (RFC 3261 16.4, 16.5).
class LocalDomain {
 public:
  LocalDomain(std::string_view name, std::vector<sip::Endpoint> listeners);

  const std::string& name() const { return name_; }
  /// Whether a sip, sips or im URI points here: at the domain, or at an address with a port that is listened
  /// on.
  bool owns(const sip::Uri& uri) const;
  /// Whether a Request-URI means somebody here: a maddr that is none of ours leads elsewhere (16.4, 16.5).
  bool serves_target(const sip::Uri& request_uri) const;
  /// Whether something sent there would come back to the relay.
  bool listens_on(const sip::Endpoint& endpoint) const;
  /// Whether others than the operator may lead a request there: to no address that means the relay's own
  /// machine or link, unless phones reach the relay nowhere else.
  bool may_be_led_to(const sip::IpAddress& address) const;
  bool serves(sip::Protocol protocol) const;
  /// sent-by for a Via: where the other end reaches us by its transport, if there is a choice by its kind of
  /// address; the domain where that is every address.
  const std::string& sent_by(const sip::Endpoint& other_end) const;
  /// A loose route to us for the other end, by its transport, or by UDP where that is not listened on, with
  /// `user` as its user part.
  std::string route(std::string_view scheme, const sip::Endpoint& other_end, std::string_view user) const;
  bool is_own_via(const sip::Via& via) const;

 private:
  enum class Family : std::uint8_t { unknown, v4, v6 };
  static Family family(const sip::IpAddress& address);
  bool has_port(std::uint16_t port) const;
  bool is_named(std::string_view host) const;
  bool has_host(std::string_view host) const;
  std::string found_sent_by(sip::Protocol protocol, Family family) const;

  std::string name_;
  std::vector<sip::Endpoint> listeners_;
  std::array<std::array<std::string, 3>, 5> sent_by_;  ///< by protocol and family
};

/// The user part with its escapes undone: what the registrar and the store know a user by (RFC 3261 10.3
/// step 5).
std::string user_of(const sip::Uri& uri);

}  // namespace relay
