#include "net/datagram.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <tuple>

namespace datagram_test {

using namespace relay;
using boost::asio::ip::udp;

TEST_CASE("what is to leave from an address that the machine has lost leaves from another") {
  boost::asio::io_context context;
  for (const auto& [every, own, lost] :
       {std::tuple{"0.0.0.0", "127.0.0.1", "203.0.113.9"}, std::tuple{"::", "::1", "2001:db8::9"}}) {
    udp::socket sender(context, {boost::asio::ip::make_address(every), 0});
    udp::socket receiver(context, {boost::asio::ip::make_address(own), 0});
    REQUIRE_FALSE(send_datagram(sender, "hello", receiver.local_endpoint(), *sip::IpAddress::parse(lost)));
    receiver.wait(udp::socket::wait_read);
    std::string buffer(16, ' ');
    const Datagram received = receive_datagram(receiver, boost::asio::buffer(buffer));
    CHECK_FALSE(received.error);
    CHECK(received.source.address() == boost::asio::ip::make_address(own));
    CHECK(buffer.substr(0, received.size) == "hello");
  }
}

}  // namespace datagram_test
