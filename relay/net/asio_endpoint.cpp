#include "net/asio_endpoint.h"

#include <algorithm>

namespace relay {

namespace asio = boost::asio;

asio::ip::address to_asio(const sip::IpAddress& address) {
  const auto& bytes = address.bytes();
  if (address.is_v4()) {
    asio::ip::address_v4::bytes_type v4{};
    std::copy(bytes.end() - 4, bytes.end(), v4.begin());
    return asio::ip::address_v4(v4);
  }
  asio::ip::address_v6::bytes_type v6{};
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  return asio::ip::address_v6(v6);
}

asio::ip::tcp::endpoint to_tcp(const sip::Endpoint& endpoint) {
  return {to_asio(endpoint.address), endpoint.port};
}

asio::ip::udp::endpoint to_udp(const sip::Endpoint& endpoint) {
  return {to_asio(endpoint.address), endpoint.port};
}

sip::Endpoint from_asio(sip::Protocol protocol, const asio::ip::address& address, std::uint16_t port) {
  const auto v6 =
      address.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()) : address.to_v6();
  const auto from = v6.to_bytes();
  std::array<std::uint8_t, 16> bytes{};
  std::copy(from.begin(), from.end(), bytes.begin());
  return {protocol, sip::IpAddress(bytes), port};
}

sip::Endpoint from_asio(sip::Protocol protocol, const asio::ip::tcp::endpoint& endpoint) {
  return from_asio(protocol, endpoint.address(), endpoint.port());
}

sip::Endpoint from_asio(sip::Protocol protocol, const asio::ip::udp::endpoint& endpoint) {
  return from_asio(protocol, endpoint.address(), endpoint.port());
}

}  // namespace relay
