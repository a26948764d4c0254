#pragma once

#include <array>
#include <boost/asio/ip/udp.hpp>
#include <memory>
#include <string_view>

#include "net/connection.h"

namespace relay {

/// A bound UDP socket: one flow whose endpoints vary.
class UdpSocket : public std::enable_shared_from_this<UdpSocket> {
 public:
  UdpSocket(boost::asio::io_context& context, sip::FlowId flow, FlowEvents& events)
      : socket_(context), flow_(flow), events_(events) {}

  boost::system::error_code bind(const sip::Endpoint& endpoint);
  /// With the port that was really taken.
  const sip::Endpoint& local() const { return local_; }
  sip::FlowId flow() const { return flow_; }
  void start() { receive_next(); }
  void close();

  /// Whether its address family can reach the endpoint.
  bool reaches(const sip::Endpoint& endpoint) const;
  /// What the socket's buffer does not take at once is lost like a datagram on its way; RFC 3261 17 resends
  /// it.
  boost::system::error_code send(const sip::Endpoint& to, std::string_view bytes);

 private:
  void receive_next();
  void receive_waiting();

  boost::asio::ip::udp::socket socket_;
  sip::Endpoint local_;
  sip::FlowId flow_;
  FlowEvents& events_;
  boost::asio::ip::udp::endpoint source_;
  std::array<char, 65536> buffer_{};
};

}  // namespace relay
