#include "logic/flow_token.h"

#include <array>
#include <cstdint>
#include <span>

#include "base/ascii.h"
#include "base/constant_time.h"
#include "base/encoding.h"
#include "base/sha256.h"

namespace relay {

using namespace sip;

namespace {

// PREFIX SIGNATURE - BODY, where the body is empty or PROTOCOL RUN FLOW [- ADDRESS PORT], numbers in
// hexadecimal.
constexpr std::size_t signature_length = 20;  // 80 bits
constexpr std::size_t body_start = FlowToken::prefix.size() + signature_length + 1;
constexpr std::size_t run_length = 8;
constexpr std::size_t address_length = 32;
constexpr std::size_t port_length = 4;

constexpr std::string_view protocol_letters = "utlws";

char letter(Protocol protocol) { return protocol_letters[static_cast<std::size_t>(protocol)]; }

std::string hexadecimal(std::uint64_t number) {
  std::string text;
  for (; number != 0; number /= 16) text.insert(text.begin(), "0123456789abcdef"[number % 16]);
  return text.empty() ? "0" : text;
}

/// None for what is empty or longer than the number can be.
std::optional<std::uint64_t> number(std::string_view text) {
  if (text.empty() || text.size() > 16) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint64_t>(digit);
  }
  return value;
}

std::optional<Endpoint> endpoint_of(std::string_view text, Protocol protocol) {
  if (text.size() <= address_length || text.size() > address_length + port_length) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = number(text.substr(2 * i, 2));
    if (!byte) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*byte);
  }
  const auto port = number(text.substr(address_length));
  if (!port) return std::nullopt;
  return Endpoint{protocol, IpAddress(bytes), static_cast<std::uint16_t>(*port)};
}

/// WebSockets are opened by the other end alone, and so is a stream whose port means nothing.
bool has_address(const Endpoint& endpoint) { return !is_websocket(endpoint.protocol) && endpoint.port != 0; }

std::string body_of(const Peer& peer, const std::string& run) {
  std::string body = letter(peer.endpoint.protocol) + run;
  body += hexadecimal(static_cast<std::uint64_t>(peer.flow));
  if (!has_address(peer.endpoint)) return body;
  return body + "-" + hex(peer.endpoint.address.bytes()) + hexadecimal(peer.endpoint.port);
}

std::optional<Peer> peer_of(std::string_view body, std::string_view run) {
  const std::size_t kind = protocol_letters.find(body.front());
  if (kind == std::string_view::npos || body.size() <= 1 + run_length) return std::nullopt;
  const auto protocol = static_cast<Protocol>(kind);
  const std::size_t end = body.find('-');
  const auto named = number(body.substr(0, end).substr(1 + run_length));
  if (!named) return std::nullopt;
  const FlowId flow = body.substr(1, run_length) == run ? FlowId{*named} : FlowId::none;
  if (end == std::string_view::npos) return Peer{flow, Endpoint{protocol, {}, 0}};
  const auto endpoint = endpoint_of(body.substr(end + 1), protocol);
  return endpoint ? std::optional<Peer>({flow, *endpoint}) : std::nullopt;
}

}  // namespace

FlowToken::FlowToken(Random key, std::uint32_t run) : key_(key.token(32)), run_(hexadecimal(run)) {
  run_.insert(0, run_length - run_.size(), '0');
}

std::string FlowToken::seal(const std::optional<Peer>& peer, std::string_view scope) const {
  const std::string body = peer ? body_of(*peer, run_) : std::string();
  return std::string(prefix) + signature(body, scope) + "-" + body;
}

std::optional<FlowToken::Opened> FlowToken::open(std::string_view token, std::string_view scope) const {
  if (!is_token(token)) return std::nullopt;
  const std::string_view body = token.substr(body_start);
  if (!equal_in_constant_time(signature(body, scope), token.substr(prefix.size(), signature_length)))
    return std::nullopt;
  if (body.empty()) return Opened{};
  auto peer = peer_of(body, run_);
  if (!peer) return std::nullopt;
  return Opened{.peer = std::move(peer)};
}

std::string FlowToken::mark(std::string_view text) const {
  return signature({}, "mark\n" + std::string(text)).substr(0, 16);
}

bool FlowToken::is_token(std::string_view user) {
  return user.starts_with(prefix) && user.size() >= body_start && user[body_start - 1] == '-';
}

std::string FlowToken::signature(std::string_view body, std::string_view scope) const {
  std::string text(body);
  text.append("\n").append(scope);
  const Sha256Digest digest = hmac_sha256(key_, text);
  return hex(digest).substr(0, signature_length);
}

}  // namespace relay
