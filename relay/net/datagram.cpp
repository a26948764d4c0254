#include "net/datagram.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <cstring>

#include "net/asio_endpoint.h"

namespace relay {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {

/// What the system tells, or is told, beside a datagram.
struct alignas(cmsghdr) Ancillary {
  std::array<char, CMSG_SPACE(std::max(sizeof(in_pktinfo), sizeof(in6_pktinfo)))> bytes{};
};

error_code last_error() { return {errno, asio::error::get_system_category()}; }

template <class Information>
Information read(const cmsghdr& header) {
  Information information{};
  std::memcpy(&information, CMSG_DATA(&header), sizeof information);
  return information;
}

/// An address of one machine alone: nothing is sent from that of many.
sip::IpAddress local_address(const cmsghdr& header) {
  if (header.cmsg_level == IPPROTO_IP && header.cmsg_type == IP_PKTINFO) {
    const auto address = asio::ip::address_v4(ntohl(read<in_pktinfo>(header).ipi_spec_dst.s_addr));
    return from_asio(sip::Protocol::udp, address, 0).address;
  }
  if (header.cmsg_level != IPPROTO_IPV6 || header.cmsg_type != IPV6_PKTINFO) return {};
  asio::ip::address_v6::bytes_type bytes{};
  std::memcpy(bytes.data(), read<in6_pktinfo>(header).ipi6_addr.s6_addr, bytes.size());
  const asio::ip::address_v6 address(bytes);
  return address.is_multicast() ? sip::IpAddress() : from_asio(sip::Protocol::udp, address, 0).address;
}

template <class Information>
void write(msghdr& message, int level, int type, const Information& information) {
  message.msg_controllen = CMSG_SPACE(sizeof information);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof information);
  std::memcpy(CMSG_DATA(header), &information, sizeof information);
}

void write_local_address(msghdr& message, const sip::IpAddress& address) {
  const auto& bytes = address.bytes();
  if (address.is_v4()) {
    in_pktinfo information{};
    std::memcpy(&information.ipi_spec_dst, bytes.data() + bytes.size() - 4, 4);
    return write(message, IPPROTO_IP, IP_PKTINFO, information);
  }
  in6_pktinfo information{};
  std::memcpy(&information.ipi6_addr, bytes.data(), bytes.size());
  write(message, IPPROTO_IPV6, IPV6_PKTINFO, information);
}

error_code send_from(udp::socket& socket, std::string_view bytes, const udp::endpoint& to,
                     const sip::IpAddress& from) {
  Ancillary ancillary;
  udp::endpoint destination = to;
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};  // NOLINT: iovec serves recvmsg, too
  msghdr message{};
  message.msg_name = destination.data();
  message.msg_namelen = static_cast<socklen_t>(destination.size());
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (!from.is_unspecified()) {
    message.msg_control = ancillary.bytes.data();
    message.msg_controllen = ancillary.bytes.size();
    write_local_address(message, from);
  }
  return sendmsg(socket.native_handle(), &message, 0) < 0 ? last_error() : error_code();
}

}  // namespace

error_code ask_for_local_address(udp::socket& socket) {
  error_code error;
  const bool is_v4 = socket.local_endpoint(error).address().is_v4();
  const int on = 1;
  const int result = is_v4
                         ? setsockopt(socket.native_handle(), IPPROTO_IP, IP_PKTINFO, &on, sizeof on)
                         : setsockopt(socket.native_handle(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  return result == 0 ? error : last_error();
}

Datagram receive_datagram(udp::socket& socket, asio::mutable_buffer into) {
  Datagram datagram;
  Ancillary ancillary;
  iovec part{into.data(), into.size()};
  msghdr message{};
  message.msg_name = datagram.source.data();
  message.msg_namelen = static_cast<socklen_t>(datagram.source.capacity());
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = ancillary.bytes.data();
  message.msg_controllen = ancillary.bytes.size();
  const ssize_t size = recvmsg(socket.native_handle(), &message, 0);
  if (size < 0) {
    datagram.error = last_error();
    return datagram;
  }
  datagram.size = static_cast<std::size_t>(size);
  datagram.source.resize(message.msg_namelen);
  if (const cmsghdr* header = CMSG_FIRSTHDR(&message)) datagram.local = local_address(*header);
  return datagram;
}

error_code send_datagram(udp::socket& socket, std::string_view bytes, const udp::endpoint& to,
                         const sip::IpAddress& from) {
  const error_code error = send_from(socket, bytes, to, from);
  // How IPv6 and IPv4 say that the machine has lost the address.
  const bool may_be_lost =
      error == asio::error::invalid_argument || error == asio::error::network_unreachable;
  return may_be_lost && !from.is_unspecified() ? send_from(socket, bytes, to, {}) : error;
}

}  // namespace relay
