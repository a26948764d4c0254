#include "net/udp_socket.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "net/asio_endpoint.h"
#include "net/datagram.h"

namespace relay {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Connections have their turn between.
constexpr int most_at_once = 64;

}  // namespace

error_code UdpSocket::bind(const sip::Endpoint& endpoint) {
  const auto local = to_udp(endpoint);
  error_code error;
  if (socket_.open(local.protocol(), error) || socket_.non_blocking(true, error)) return error;
  // [::] is every IPv6 address, and leaves IPv4 to a listener at 0.0.0.0.
  if (local.address().is_v6() && socket_.set_option(asio::ip::v6_only(true), error)) return error;
  if (socket_.bind(local, error)) return error;
  // Room for a burst that arrives while another input is dealt with. A smaller buffer works too.
  error_code ignored;
  local_ = from_asio(sip::Protocol::udp, socket_.local_endpoint(ignored));
  socket_.set_option(asio::socket_base::receive_buffer_size(1 << 20), ignored);
  socket_.set_option(asio::socket_base::send_buffer_size(1 << 20), ignored);
  return local_.address.is_unspecified() ? ask_for_local_address(socket_) : error_code();
}

void UdpSocket::close() {
  error_code ignored;
  socket_.close(ignored);
}

bool UdpSocket::reaches(const sip::Endpoint& endpoint) const {
  return local_.address.is_v4() == endpoint.address.is_v4();
}

error_code UdpSocket::send(const sip::Peer& to, std::string_view bytes) {
  const auto from = addresses_.find(to.flow);
  const error_code error = send_datagram(socket_, bytes, to_udp(to.endpoint),
                                         from == addresses_.end() ? sip::IpAddress() : from->second);
  const bool is_lost = error == asio::error::would_block || error == asio::error::no_buffer_space ||
                       error == asio::error::message_size;
  if (is_lost) return {};
  return error;
}

void UdpSocket::receive_next() {
  socket_.async_wait(asio::ip::udp::socket::wait_read, [self = shared_from_this()](error_code error) {
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) return;
    self->receive_next();  // first: an exception leaves what waits behind its datagram for then
    self->receive_waiting();
  });
}

void UdpSocket::receive_waiting() {
  for (int received = 0; received < most_at_once && socket_.is_open(); ++received) {
    const Datagram datagram = receive_datagram(socket_, asio::buffer(buffer_));
    if (datagram.error == asio::error::would_block) return;
    // Other errors tell of one datagram, not of the socket.
    if (datagram.error) continue;
    const sip::Peer from{flow_at(datagram.local), from_asio(sip::Protocol::udp, datagram.source)};
    events_.received(from, {buffer_.data(), datagram.size});
  }
}

sip::FlowId UdpSocket::flow_at(const sip::IpAddress& local) {
  if (local.is_unspecified()) return flow_;
  const auto known = flows_.find(local.bytes());
  if (known != flows_.end()) return known->second;
  if (flows_.size() == max_addresses) return flow_;
  const sip::FlowId flow = next_flow_();
  flows_.emplace(local.bytes(), flow);
  addresses_.emplace(flow, local);
  events_.opened({flow, {sip::Protocol::udp, local, local_.port}});
  return flow;
}

}  // namespace relay
