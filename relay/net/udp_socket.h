#pragma once

#include <array>
#include <boost/asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "net/connection.h"

namespace relay {

/// A bound UDP socket: one flow whose endpoints vary. Bound to every address, it has another flow for each
/// that it is spoken to at, down which all leaves from that address: who has asked there hears from there
/// (RFC 3581 4, RFC 3261 18.2.2).
class UdpSocket : public std::enable_shared_from_this<UdpSocket> {
 public:
  /// Addresses past these are the system's to choose. A machine has a handful, but for all that lead back to
  /// it.
  static constexpr std::size_t max_addresses = 256;

  using NextFlow = std::function<sip::FlowId()>;
  UdpSocket(boost::asio::io_context& context, NextFlow next_flow, FlowEvents& events)
      : socket_(context), next_flow_(std::move(next_flow)), flow_(next_flow_()), events_(events) {}

  boost::system::error_code bind(const sip::Endpoint& endpoint);
  /// With the port that was really taken.
  const sip::Endpoint& local() const { return local_; }
  sip::FlowId flow() const { return flow_; }
  bool has(sip::FlowId flow) const { return flow == flow_ || addresses_.contains(flow); }
  void start() { receive_next(); }
  void close();

  /// Whether its address family can reach the endpoint.
  bool reaches(const sip::Endpoint& endpoint) const;
  /// What the socket's buffer does not take at once is lost like a datagram on its way; RFC 3261 17 resends
  /// it. So is what no datagram holds: the other end is there for everything else.
  boost::system::error_code send(const sip::Peer& to, std::string_view bytes);

 private:
  void receive_next();
  void receive_waiting();
  sip::FlowId flow_at(const sip::IpAddress& local);

  boost::asio::ip::udp::socket socket_;
  NextFlow next_flow_;
  sip::Endpoint local_;
  sip::FlowId flow_;
  FlowEvents& events_;
  std::map<std::array<std::uint8_t, 16>, sip::FlowId> flows_;  ///< by address of ours
  std::unordered_map<sip::FlowId, sip::IpAddress> addresses_;  ///< the same the other way round
  std::array<char, 65536> buffer_{};
};

}  // namespace relay
