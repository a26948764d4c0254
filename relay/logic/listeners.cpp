#include "logic/listeners.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <utility>

namespace relay {

using namespace sip;

namespace {

/// How far an address reaches.
enum class Scope : std::uint8_t { loopback, link, site, everywhere };

Scope scope_of(const IpAddress& address) {
  if (address.is_loopback()) return Scope::loopback;
  const auto& bytes = address.bytes();
  if (!address.is_v4()) {
    // RFC 4291 2.5.6, RFC 4193 3.1.
    if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) return Scope::link;
    return (bytes[0] & 0xfe) == 0xfc ? Scope::site : Scope::everywhere;
  }
  const unsigned first = bytes[12], second = bytes[13];
  if (first == 169 && second == 254) return Scope::link;
  // RFC 1918 3, RFC 6598 7.
  const bool is_private = first == 10 || (first == 172 && (second & 0xf0) == 16) ||
                          (first == 192 && second == 168) || (first == 100 && (second & 0xc0) == 64);
  return is_private ? Scope::site : Scope::everywhere;
}

unsigned common_prefix(const IpAddress& one, const IpAddress& other) {
  for (std::size_t i = 0; i < one.bytes().size(); ++i) {
    const auto difference = static_cast<std::uint8_t>(one.bytes()[i] ^ other.bytes()[i]);
    if (difference != 0)
      return static_cast<unsigned>(8 * i) + static_cast<unsigned>(std::countl_zero(difference));
  }
  return 128;
}

/// How badly an address of ours is fit for another end: after RFC 6724 5, the choice of a source address.
unsigned distance(const IpAddress& ours, const IpAddress& theirs) {
  constexpr unsigned kinds = 4, bits = 128;
  // The address of who is reached by a flow alone is not known.
  if (theirs.is_unspecified()) return 0;
  if (ours.is_v4() != theirs.is_v4()) return std::numeric_limits<unsigned>::max();
  // What is bound to every address has one of the same scope.
  if (ours.is_unspecified()) return bits;
  const auto our_scope = static_cast<unsigned>(scope_of(ours));
  const auto their_scope = static_cast<unsigned>(scope_of(theirs));
  // Rule 2: the narrowest scope that reaches so far, or else the widest. Rule 8: the longest prefix.
  const unsigned step = our_scope >= their_scope ? our_scope - their_scope : kinds + their_scope - our_scope;
  return step * (bits + 1) + bits - common_prefix(ours, theirs);
}

}  // namespace

Listeners::Listeners(const std::vector<Endpoint>& endpoints, std::string_view name) {
  for (const Endpoint& endpoint : endpoints) {
    std::string host = endpoint.address.is_unspecified() ? std::string(name) : endpoint.address.host();
    all_.push_back({endpoint, std::move(host) + ":" + std::to_string(endpoint.port)});
  }
}

void Listeners::opened(const Peer& socket) {
  const Endpoint& local = socket.endpoint;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    Listener& listener = all_[i];
    const Endpoint& each = listener.endpoint;
    const bool is_every = each.address.is_unspecified() && each.address.is_v4() == local.address.is_v4();
    if (each.protocol != local.protocol || each.port != local.port) continue;
    if (each.address != local.address && !is_every) continue;
    if (each.address == local.address) listener.flow = socket.flow;
    of_flow_.insert_or_assign(socket.flow, i);
  }
}

const Listeners::Listener* Listeners::toward(const Peer& other_end) const {
  if (const auto known = of_flow_.find(other_end.flow); known != of_flow_.end()) return &all_[known->second];
  const Listener* nearest = nullptr;
  unsigned least = 0;
  for (const Listener& each : all_) {
    if (each.endpoint.protocol != other_end.endpoint.protocol) continue;
    const unsigned reached = distance(each.endpoint.address, other_end.endpoint.address);
    if (nearest != nullptr && reached >= least) continue;
    nearest = &each;
    least = reached;
  }
  return nearest;
}

}  // namespace relay
