#include "logic/server_location.h"

#include <catch2/catch.hpp>

#include "zone.h"

namespace server_location_test {

using namespace relay;
using namespace relay::test;
using namespace sip;

namespace {

using Texts = std::vector<std::string>;
using Outcome = ServerLocation::Outcome;

ServerLocation locate(Zone& zone, const std::string& uri, ServerLocation::Traits traits = {}) {
  ServerLocation location(*Uri::parse(uri), traits, Random(seed_from(1)));
  while (const auto question = location.question()) {
    REQUIRE(zone.asked.size() < 50);
    location.answer(zone.ask(*question));
  }
  return location;
}

/// "UDP 192.0.2.1:5060", with whom TLS must name behind it.
Texts servers(Zone& zone, const std::string& uri, ServerLocation::Traits traits = {}) {
  Texts texts;
  const ServerLocation location = locate(zone, uri, traits);
  for (const Peer& server : location.servers()) {
    const Endpoint& endpoint = server.endpoint;
    texts.push_back(std::string(via_transport(endpoint.protocol)) + " " + endpoint.address.host() + ":" +
                    std::to_string(endpoint.port) + (server.name.empty() ? "" : " " + server.name));
  }
  CHECK((location.outcome() == Outcome::located) == !texts.empty());
  return texts;
}

/// The records of the example in RFC 3263 4.1.
Zone example() {
  Zone zone;
  zone.naptr("example.com", {90, 50, "s", "SIP+D2T", "", "_sip._tcp.example.com"})
      .naptr("example.com", {50, 50, "s", "SIPS+D2T", "", "_sips._tcp.example.com"})
      .naptr("example.com", {100, 50, "S", "sip+d2u", "", "_sip._udp.example.com"});
  zone.srv("_sip._tcp.example.com", {1, 1, 5060, "server1.example.com"})
      .srv("_sip._tcp.example.com", {2, 2, 5070, "server2.example.com."})
      .srv("_sip._udp.example.com", {1, 1, 5080, "server1.example.com"});
  zone.address("server1.example.com", "192.0.2.1")
      .address("server2.example.com", "192.0.2.2")
      .address("server2.example.com", "2001:db8::2");
  return zone;
}

}  // namespace

TEST_CASE("a numeric address is asked nobody about; UDP, and TLS for SIPS (RFC 3263 4.1, 4.2)") {
  Zone zone;
  CHECK(servers(zone, "sip:192.0.2.1") == Texts{"UDP 192.0.2.1:5060"});
  CHECK(servers(zone, "sip:[2001:db8::1]:5070;transport=tcp") == Texts{"TCP [2001:db8::1]:5070"});
  CHECK(servers(zone, "sips:192.0.2.1") == Texts{"TLS 192.0.2.1:5061 192.0.2.1"});
  CHECK(servers(zone, "sip:192.0.2.1;transport=tls") == Texts{"TLS 192.0.2.1:5061 192.0.2.1"});
  CHECK(servers(zone, "sip:example.com;maddr=192.0.2.9") == Texts{"UDP 192.0.2.9:5060"});
  CHECK(zone.asked.empty());
}

TEST_CASE("with a port the name itself has the addresses, each of them a server (4.2)") {
  Zone zone = example();
  zone.address("server2.example.com", "192.0.2.3");
  CHECK(servers(zone, "sip:server2.EXAMPLE.com.:5090") ==
        Texts{"UDP 192.0.2.2:5090", "UDP 192.0.2.3:5090", "UDP [2001:db8::2]:5090"});
  CHECK(servers(zone, "sips:server1.example.com:5090") == Texts{"TLS 192.0.2.1:5090 server1.example.com"});
  CHECK(zone.asked == Texts{"a server2.example.com", "aaaa server2.example.com", "a server1.example.com",
                            "aaaa server1.example.com"});
}

TEST_CASE("with a transport and no port its SRV records are asked for, then the name itself (4.2)") {
  Zone zone = example();
  zone.address("example.com", "192.0.2.5");
  CHECK(servers(zone, "sip:example.com;transport=udp") == Texts{"UDP 192.0.2.1:5080"});
  CHECK(servers(zone, "sip:example.com;transport=tls") == Texts{"TLS 192.0.2.5:5061 example.com"});
  CHECK(zone.asked == Texts{"srv _sip._udp.example.com", "a server1.example.com", "aaaa server1.example.com",
                            "srv _sips._tcp.example.com", "a example.com", "aaaa example.com"});
}

TEST_CASE("a SIPS URI with transport=tcp means TLS over TCP") {
  Zone zone = example();
  zone.srv("_sips._tcp.example.com", {1, 1, 5061, "server1.example.com"});
  CHECK(servers(zone, "sips:example.com;transport=tcp") == Texts{"TLS 192.0.2.1:5061 example.com"});
}

TEST_CASE("NAPTR chooses the transport by order and preference, and the next where no SRV is behind (4.1)") {
  Zone zone = example();
  CHECK(servers(zone, "sip:example.com") ==
        Texts{"TCP 192.0.2.1:5060", "TCP 192.0.2.2:5070", "TCP [2001:db8::2]:5070"});
  CHECK(Texts(zone.asked.begin(), zone.asked.begin() + 3) ==
        Texts{"naptr example.com", "srv _sips._tcp.example.com", "srv _sip._tcp.example.com"});
}

TEST_CASE("TLS must name the domain that was asked for, not what the DNS made of it (4.1, RFC 5922 7.3)") {
  Zone zone;
  zone.naptr("example.com", {1, 1, "s", "SIPS+D2T", "", "_sips._tcp.hosting.example"})
      .srv("_sips._tcp.hosting.example", {1, 1, 5061, "farm.hosting.example"})
      .address("farm.hosting.example", "192.0.2.8");
  CHECK(servers(zone, "sip:Example.com") == Texts{"TLS 192.0.2.8:5061 example.com"});
}

TEST_CASE("a SIPS URI keeps nothing but SIPS, by NAPTR and by SRV (4.1)") {
  Zone zone = example();
  zone.address("example.com", "192.0.2.5");
  CHECK(servers(zone, "sips:example.com") == Texts{"TLS 192.0.2.5:5061 example.com"});
  CHECK(zone.asked == Texts{"naptr example.com", "srv _sips._tcp.example.com", "srv _sips._tcp.example.com",
                            "a example.com", "aaaa example.com"});
  // RFC 3261 16.6 step 7: likewise where the Request-URI is SIPS and a Route is not.
  CHECK(servers(zone, "sip:example.com", {.is_sips = true}) == Texts{"TLS 192.0.2.5:5061 example.com"});
  CHECK(locate(zone, "sips:example.com;transport=udp").outcome() == Outcome::unsupported);
}

TEST_CASE("NAPTR records of other kinds are left aside") {
  Zone zone;
  zone.naptr("example.com", {1, 1, "s", "SIP+D2S", "", "_sip._sctp.example.com"})
      .naptr("example.com", {2, 1, "s", "SIP+D2W", "", "_sip._ws.example.com"})
      .naptr("example.com", {3, 1, "u", "SIP+D2T", "", "_sip._tcp.example.com"})
      .naptr("example.com", {4, 1, "s", "SIP+D2T", "!^.*$!_sip._tcp.example.org!", "_sip._tcp.example.com"})
      .naptr("example.com", {5, 1, "s", "SIP+D2T", "", ""})
      .naptr("example.com", {6, 1, "s", "E2U+sip", "", "_sip._udp.example.com"})
      .address("example.com", "192.0.2.5");
  CHECK(servers(zone, "sip:example.com") == Texts{"UDP 192.0.2.5:5060"});
}

TEST_CASE(
    "without NAPTR the SRV records of each transport are asked for in turn, at last the name (4.1, 4.2)") {
  Zone zone;
  zone.srv("_sip._tcp.example.com", {1, 1, 5065, "server.example.com"})
      .address("server.example.com", "192.0.2.1");
  CHECK(servers(zone, "sip:example.com") == Texts{"TCP 192.0.2.1:5065"});
  CHECK(Texts(zone.asked.begin(), zone.asked.begin() + 3) ==
        Texts{"naptr example.com", "srv _sip._udp.example.com", "srv _sip._tcp.example.com"});
  Zone plain;
  plain.address("example.com", "192.0.2.5");
  CHECK(servers(plain, "sip:example.com") == Texts{"UDP 192.0.2.5:5060"});
  CHECK(plain.asked.size() == 6);
}

TEST_CASE(
    "what does not fit a datagram goes by streams, at other servers where the domain has them (18.1.1)") {
  Zone zone = example();
  const ServerLocation::Traits large{.size = 1301};
  CHECK(servers(zone, "sip:example.com", large).front() == "TCP 192.0.2.1:5060");
  Zone udp_alone;
  udp_alone.naptr("example.com", {1, 1, "s", "SIP+D2U", "", "_sip._udp.example.com"})
      .srv("_sip._udp.example.com", {1, 1, 5080, "server.example.com"})
      .address("server.example.com", "192.0.2.1");
  // Whoever sends tries those by TCP first.
  CHECK(servers(udp_alone, "sip:example.com", large) == Texts{"UDP 192.0.2.1:5080"});
  Zone without_naptr;
  without_naptr.srv("_sip._udp.example.com", {1, 1, 5080, "server.example.com"})
      .address("server.example.com", "192.0.2.1");
  CHECK(servers(without_naptr, "sip:example.com", large) == Texts{"UDP 192.0.2.1:5080"});
}

TEST_CASE("a relay without a UDP socket does not choose UDP") {
  Zone zone = example();
  const ServerLocation::Traits no_udp{.speaks_udp = false};
  CHECK(servers(zone, "sip:192.0.2.1", no_udp) == Texts{"TCP 192.0.2.1:5060"});
  CHECK(locate(zone, "sip:example.com;transport=udp", no_udp).outcome() == Outcome::unsupported);
}

TEST_CASE("a transport that is not spoken to others is unsupported") {
  Zone zone;
  for (const char* transport : {"sctp", "ws", "wss", "carrier-pigeon"})
    CHECK(locate(zone, std::string("sip:example.com;transport=") + transport).outcome() ==
          Outcome::unsupported);
  CHECK(zone.asked.empty());
}

TEST_CASE("a domain that says there is no such service is believed (RFC 2782)") {
  Zone zone;
  zone.address("example.com", "192.0.2.5");
  for (const char* name : {"_sip._udp.example.com", "_sip._tcp.example.com", "_sips._tcp.example.com"})
    zone.srv(name, {0, 0, 0, "."});
  CHECK(locate(zone, "sip:example.com").outcome() == Outcome::nowhere);
}

TEST_CASE("a name without any record is nowhere, one that nobody could say anything of has failed") {
  Zone zone;
  CHECK(locate(zone, "sip:example.com").outcome() == Outcome::nowhere);
  CHECK(locate(zone, "sip:example.com:5070").outcome() == Outcome::nowhere);
  const std::pair<DnsType, std::string> questions[] = {
      {DnsType::naptr, "example.com"}, {DnsType::srv, "_sip._tcp.example.com"}, {DnsType::a, "example.com"}};
  for (const auto& [type, name] : questions) {
    Zone failing;
    failing.fails(type, name);
    CHECK(locate(failing, "sip:example.com").outcome() == Outcome::failed);
  }
}

TEST_CASE("one address that nobody could tell leaves the others") {
  Zone zone;
  zone.srv("_sip._udp.example.com", {1, 1, 5060, "a.example.com"})
      .srv("_sip._udp.example.com", {2, 1, 5060, "b.example.com"})
      .fails(DnsType::a, "a.example.com")
      .address("b.example.com", "192.0.2.2");
  CHECK(servers(zone, "sip:example.com") == Texts{"UDP 192.0.2.2:5060"});
}

TEST_CASE("questions and servers are bounded, whatever a zone holds") {
  Zone zone;
  for (std::uint16_t i = 1; i <= 200; ++i) {
    const std::string number = std::to_string(i);
    zone.naptr("example.com", {i, 1, "s", "SIP+D2U", "", "_sip._udp." + number + ".example.com"})
        .srv("_sip._udp.example.com", {i, 1, 5060, number + ".example.com"})
        .address("many.example.com", "192.0.2." + number);
  }
  CHECK(locate(zone, "sip:example.com").outcome() == Outcome::nowhere);
  CHECK(zone.asked.size() == 1 + ServerLocation::max_candidates + 1 + 2 * ServerLocation::max_targets);
  CHECK(servers(zone, "sip:many.example.com:5060").size() == ServerLocation::max_servers);
}

}  // namespace server_location_test
