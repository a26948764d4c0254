#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include "transport/endpoint.h"

namespace relay {

/// Between the core's endpoints, which keep IPv4 in its mapped form, and Asio's.
boost::asio::ip::address to_asio(const sip::IpAddress& address);
boost::asio::ip::tcp::endpoint to_tcp(const sip::Endpoint& endpoint);
boost::asio::ip::udp::endpoint to_udp(const sip::Endpoint& endpoint);
sip::Endpoint from_asio(sip::Protocol protocol, const boost::asio::ip::address& address, std::uint16_t port);
sip::Endpoint from_asio(sip::Protocol protocol, const boost::asio::ip::tcp::endpoint& endpoint);
sip::Endpoint from_asio(sip::Protocol protocol, const boost::asio::ip::udp::endpoint& endpoint);

}  // namespace relay
