#include "transport/endpoint.h"

#include <catch2/catch.hpp>

#include "transport/keepalive.h"

namespace endpoint_test {

using namespace sip;

TEST_CASE("transports are named as Via names them, and read without case (RFC 7118 5.1)") {
  CHECK(via_transport(Protocol::ws) == "WS");
  CHECK(via_transport(Protocol::wss) == "WSS");
  for (const Protocol protocol : {Protocol::udp, Protocol::tcp, Protocol::tls, Protocol::ws, Protocol::wss})
    CHECK(parse_protocol(via_transport(protocol)) == protocol);
  CHECK(parse_protocol("wss") == Protocol::wss);
  CHECK_FALSE(parse_protocol("sctp"));
  CHECK_FALSE(parse_protocol(""));
}

TEST_CASE("every transport but UDP is reliable (RFC 7118 5)") {
  CHECK_FALSE(is_reliable(Protocol::udp));
  for (const Protocol protocol : {Protocol::tcp, Protocol::tls, Protocol::ws, Protocol::wss})
    CHECK(is_reliable(protocol));
}

TEST_CASE("addresses are read in every form and written in one") {
  struct Row {
    const char* text;
    const char* host;
  };
  const auto row =
      GENERATE(Row{"192.0.2.1", "192.0.2.1"}, Row{"::ffff:192.0.2.1", "192.0.2.1"},
               Row{"2001:DB8:0:0:0:0:0:1", "[2001:db8::1]"}, Row{"[2001:db8::9:1]", "[2001:db8::9:1]"},
               Row{"::", "[::]"}, Row{"1:0:0:2:0:0:0:3", "[1:0:0:2::3]"});
  CAPTURE(row.text);
  const auto address = IpAddress::parse(row.text);
  REQUIRE(address);
  CHECK(address->host() == row.host);
  CHECK(IpAddress::parse(row.host) == address);
}

TEST_CASE("what is no address is refused") {
  const auto text = GENERATE("", "192.0.2", "192.0.2.256", "192.0.2.1.1", "example.org", "1:2:3", "1::2::3",
                             "12345::", "[::1", "2001:db8:::9:1", "g::1", "::192.0.2");
  CAPTURE(text);
  CHECK_FALSE(IpAddress::parse(text));
}

TEST_CASE("nothing but line ends is a keep-alive") {
  for (const char* bytes : {"\r\n", "\r\n\r\n", "\n", "\r\n\r\n\r\n"}) CHECK(is_keepalive(bytes));
  for (const char* bytes : {"", " ", "\r\nx", "x\r\n\r\n"}) CHECK_FALSE(is_keepalive(bytes));
}

TEST_CASE(
    "addresses of this link and of many are told from those of one host (RFC 3927, RFC 4291, RFC 1112)") {
  const auto address = [](std::string_view text) { return *sip::IpAddress::parse(text); };
  for (const char* text : {"169.254.169.254", "fe80::1", "febf::1"}) CHECK(address(text).is_link_local());
  for (const char* text : {"169.253.1.1", "10.254.0.1", "fec0::1", "2001:db8::1"})
    CHECK_FALSE(address(text).is_link_local());
  for (const char* text : {"224.0.1.75", "239.255.255.255", "255.255.255.255", "ff02::1"})
    CHECK(address(text).is_multicast());
  for (const char* text : {"223.1.1.1", "255.255.255.254", "fe80::1"})
    CHECK_FALSE(address(text).is_multicast());
}

}  // namespace endpoint_test
