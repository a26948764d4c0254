#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <string_view>

#include "transport/endpoint.h"

namespace relay {

/// Has a socket that is bound to every address tell Datagram::local (RFC 3542 6.1, ip(7)).
boost::system::error_code ask_for_local_address(boost::asio::ip::udp::socket& socket);

/// One that has arrived.
struct Datagram {
  boost::system::error_code error;
  std::size_t size = 0;
  boost::asio::ip::udp::endpoint source = {};
  /// The address of ours that it came to; unspecified where the socket was not asked, or it came to many.
  sip::IpAddress local = {};
};
/// Would block where there is none.
Datagram receive_datagram(boost::asio::ip::udp::socket& socket, boost::asio::mutable_buffer into);

/// `from` is an address of ours, or unspecified where the system is to choose it, as it does for one that the
/// machine has lost.
boost::system::error_code send_datagram(boost::asio::ip::udp::socket& socket, std::string_view bytes,
                                        const boost::asio::ip::udp::endpoint& to, const sip::IpAddress& from);

}  // namespace relay
