#include "transport/response_route.h"

#include <catch2/catch.hpp>

namespace response_route_test {

using namespace sip;

namespace {

Peer source(Protocol protocol) { return {FlowId{3}, {protocol, *IpAddress::parse("192.0.2.4"), 9988}}; }

/// What the receiver makes of a Via; empty when it is left as it is.
std::string completed(const std::string& text, Protocol protocol = Protocol::udp) {
  const auto via = Via::parse(text);
  REQUIRE(via);
  return completed_via(*via, text, source(protocol).endpoint).value_or("");
}

Peer route(const std::string& text, Protocol protocol = Protocol::udp) {
  const auto via = Via::parse(text);
  REQUIRE(via);
  return response_route(*via, source(protocol));
}

}  // namespace

TEST_CASE("a Via whose host is a name or another address gets received (18.2.1)") {
  CHECK(completed("SIP/2.0/UDP bobspc.biloxi.com:5060;branch=z9hG4bK1") ==
        "SIP/2.0/UDP bobspc.biloxi.com:5060;received=192.0.2.4;branch=z9hG4bK1");
  CHECK(completed("SIP/2.0/UDP 10.1.1.1") == "SIP/2.0/UDP 10.1.1.1;received=192.0.2.4");
  CHECK(completed("SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bK1").empty());
}

TEST_CASE("rport without a value gets the source port, and received with it (RFC 3581 4)") {
  const Protocol protocol = GENERATE(Protocol::udp, Protocol::tcp, Protocol::ws);
  CHECK(completed("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff", protocol) ==
        "SIP/2.0/UDP 10.1.1.1:4540;received=192.0.2.4;rport=9988;branch=z9hG4bKkjshdyff");
  CHECK(completed("SIP/2.0/UDP 192.0.2.4:9988;branch=z9hG4bK1;rport", protocol) ==
        "SIP/2.0/UDP 192.0.2.4:9988;received=192.0.2.4;branch=z9hG4bK1;rport=9988");
}

TEST_CASE("a received that the sender wrote itself does not come first") {
  const std::string text = completed("SIP/2.0/UDP 10.1.1.1;received=203.0.113.9;rport;branch=z9hG4bK1");
  const auto via = Via::parse(text);
  REQUIRE(via);
  CHECK(via->params.value("received") == "192.0.2.4");
  CHECK(via->params.value("rport") == "9988");
}

TEST_CASE("over UDP a response goes to the source address, at the source port if rport asks so") {
  CHECK(route("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bK1") == source(Protocol::udp));
  Peer expected = source(Protocol::udp);
  expected.endpoint.port = 4540;
  CHECK(route("SIP/2.0/UDP 10.1.1.1:4540;branch=z9hG4bK1") == expected);
  expected.endpoint.port = 5060;
  CHECK(route("SIP/2.0/UDP pc.example.org;branch=z9hG4bK1") == expected);
}

TEST_CASE("over a connection a response goes back on it, else to the source address at sent-by's port") {
  Peer expected = source(Protocol::tcp);
  expected.endpoint.port = 4540;
  CHECK(route("SIP/2.0/TCP 10.1.1.1:4540;rport;branch=z9hG4bK1", Protocol::tcp) == expected);
  expected = source(Protocol::tls);
  expected.endpoint.port = 5061;
  CHECK(route("SIP/2.0/TLS pc.example.org;branch=z9hG4bK1", Protocol::tls) == expected);
}

TEST_CASE("maddr aims no response at a third party") {
  CHECK(route("SIP/2.0/UDP 10.1.1.1;maddr=203.0.113.9;rport;branch=z9hG4bK1") == source(Protocol::udp));
}

}  // namespace response_route_test
