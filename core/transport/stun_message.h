#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "transport/endpoint.h"

namespace sip {

/// A STUN message (RFC 8489 5) as far as a SIP server needs it: clients keep their flows over UDP alive by
/// Binding requests to the port that they send SIP to (RFC 5626 8). Borrows nothing.
struct StunMessage {
  enum class Class : std::uint8_t { request = 0, indication = 1, success = 2, error = 3 };
  static constexpr std::uint16_t binding = 1;
  /// No Binding request needs as many attributes; a datagram with more is none.
  static constexpr std::size_t max_attributes = 32;

  Class kind = Class::request;
  std::uint16_t method = binding;
  std::string transaction_id;  ///< 12 bytes
  /// Attributes that must be understood, and are not (14: below 0x8000).
  std::vector<std::uint16_t> unknown;
  bool has_fingerprint = false;  ///< which is right

  /// Fails for what is none, and for one with a FINGERPRINT that is wrong (14.7).
  static Result<StunMessage> parse(std::string_view datagram);
};

/// Whether a datagram at a SIP port is STUN: no SIP message begins with a byte of 0 or 1 (RFC 5626 8).
constexpr bool is_stun(std::string_view datagram) {
  return !datagram.empty() && static_cast<unsigned char>(datagram.front()) < 4;
}

/// The answer to a datagram that is a Binding request, for whoever is at `from`: XOR-MAPPED-ADDRESS, and a
/// FINGERPRINT where it had one; or error 420 (6.3.1). None for anything else: it is not answered.
std::optional<std::string> binding_response(std::string_view datagram, const Endpoint& from);

}  // namespace sip
