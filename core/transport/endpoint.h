#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sip {

/// How messages travel (RFC 3261 18, RFC 7118).
enum class Protocol : std::uint8_t { udp, tcp, tls, ws, wss };

/// Whether the transport itself resends what is lost (RFC 3261 17).
constexpr bool is_reliable(Protocol protocol) { return protocol != Protocol::udp; }
/// Whether nobody on the way can listen (RFC 3261 26.2.2).
constexpr bool is_secure(Protocol protocol) { return protocol == Protocol::tls || protocol == Protocol::wss; }
constexpr bool is_websocket(Protocol protocol) {
  return protocol == Protocol::ws || protocol == Protocol::wss;
}

/// Where a URI names no other (RFC 3261 19.1.2).
constexpr std::uint16_t default_port(Protocol protocol) { return protocol == Protocol::tls ? 5061 : 5060; }

/// As in Via: "UDP", "TCP", "TLS", "WS", "WSS".
std::string_view via_transport(Protocol protocol);
/// From a Via or a transport URI parameter, without case.
std::optional<Protocol> parse_protocol(std::string_view text);

/// An IPv4 or IPv6 address; IPv4 is kept in its IPv4-mapped form.
class IpAddress {
 public:
  IpAddress() = default;
  explicit IpAddress(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}
  /// Dotted IPv4, or IPv6 with or without brackets.
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const;
  bool is_loopback() const;
  /// 0.0.0.0 or ::, as in "listen on every address".
  bool is_unspecified() const;
  /// 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291 2.5.6).
  bool is_link_local() const;
  /// To several, also to everybody on the link: 224.0.0.0/4, 255.255.255.255 (RFC 1112 4, RFC 919 7) or
  /// ff00::/8.
  bool is_multicast() const;
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  /// Without brackets.
  std::string text() const;
  /// As a SIP host: IPv6 in brackets.
  std::string host() const;
  bool operator==(const IpAddress& other) const { return bytes_ == other.bytes_; }

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

/// Where a message came from or goes to.
struct Endpoint {
  Protocol protocol = Protocol::udp;
  IpAddress address;
  std::uint16_t port = 0;
  bool operator==(const Endpoint& other) const {
    return protocol == other.protocol && port == other.port && address == other.address;
  }
};

/// Names a connection, or a UDP socket. The driver chooses it and never uses it twice.
enum class FlowId : std::uint64_t { none = 0 };

/// The other end of a message: the flow it uses, and the address to use when that flow is gone (RFC
/// 3261 18.2.2). A UserAgent sees only the flow. For UDP the flow is the local socket and the endpoint
/// decides.
struct Peer {
  FlowId flow = FlowId::none;
  Endpoint endpoint;
  /// Whom the certificate at the other end must name, where we open TLS to it (RFC 5922 7.3), in lower case.
  /// Without one, no TLS is opened.
  std::string name = {};
  bool operator==(const Peer& other) const {
    return flow == other.flow && endpoint == other.endpoint && name == other.name;
  }
};

}  // namespace sip
