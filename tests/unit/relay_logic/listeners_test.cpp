#include "logic/listeners.h"

#include "dialog.h"

namespace listeners_test {

using namespace relay;
using namespace relay::test;

namespace {

IpAddress address(std::string_view text) { return *IpAddress::parse(text); }

Peer at(std::string_view place, Protocol protocol = Protocol::udp, FlowId flow = FlowId::none) {
  return {flow, {protocol, address(place), 5060}};
}

/// One listener of each kind of address, on a port of its own: 5060, 5061, ...
Listeners listeners_at(const std::vector<std::string>& places) {
  std::vector<Endpoint> endpoints;
  for (const std::string& place : places)
    endpoints.push_back({Protocol::udp, address(place), static_cast<std::uint16_t>(5060 + endpoints.size())});
  return {endpoints, "example.org"};
}

std::string sent_by(const Listeners& listeners, const Peer& other_end) {
  const auto* listener = listeners.toward(other_end);
  return listener ? listener->sent_by : "none";
}

}  // namespace

TEST_CASE("another end has to do with the listener of its scope, and the longest prefix (RFC 6724 5)") {
  const Listeners listeners = listeners_at({"127.0.0.1", "203.0.113.1", "10.0.0.1", "10.0.7.1", "169.254.0.1",
                                            "::1", "2001:db8::1", "fd00::1", "fe80::1"});
  const auto chosen = [&](std::string_view place) { return sent_by(listeners, at(place)); };
  CHECK(chosen("127.0.0.9") == "127.0.0.1:5060");
  CHECK(chosen("198.51.100.1") == "203.0.113.1:5061");
  CHECK(chosen("10.0.0.200") == "10.0.0.1:5062");
  CHECK(chosen("10.0.7.200") == "10.0.7.1:5063");
  // The prefixes are alike: the first.
  CHECK(chosen("10.200.0.1") == "10.0.0.1:5062");
  CHECK(chosen("192.168.0.1") == "10.0.0.1:5062");
  CHECK(chosen("172.16.0.1") == "10.0.0.1:5062");
  CHECK(chosen("100.64.0.1") == "10.0.0.1:5062");
  CHECK(chosen("172.32.0.1") == "203.0.113.1:5061");
  CHECK(chosen("169.254.9.9") == "169.254.0.1:5064");
  CHECK(chosen("::1") == "[::1]:5065");
  CHECK(chosen("2001:db8:1::1") == "[2001:db8::1]:5066");
  CHECK(chosen("fd12::1") == "[fd00::1]:5067");
  CHECK(chosen("fe80::9") == "[fe80::1]:5068");
}

TEST_CASE("where no listener has its scope it is the narrowest that reaches so far, else the widest") {
  const Listeners listeners = listeners_at({"127.0.0.1", "169.254.0.1", "203.0.113.1", "10.0.0.1"});
  CHECK(sent_by(listeners_at({"127.0.0.1", "203.0.113.1", "169.254.0.1"}), at("10.0.0.9")) ==
        "203.0.113.1:5061");
  CHECK(sent_by(listeners_at({"203.0.113.1", "10.0.0.1"}), at("127.0.0.1")) == "10.0.0.1:5061");
  CHECK(sent_by(listeners_at({"127.0.0.1", "10.0.0.1"}), at("203.0.113.9")) == "10.0.0.1:5061");
  CHECK(sent_by(listeners_at({"127.0.0.1", "0.0.0.0"}), at("203.0.113.9")) == "example.org:5061");
  CHECK(sent_by(listeners_at({"0.0.0.0", "127.0.0.1"}), at("127.0.0.9")) == "127.0.0.1:5061");
  CHECK(sent_by(listeners_at({"::1", "127.0.0.1"}), at("203.0.113.9")) == "127.0.0.1:5061");
  CHECK(sent_by(listeners_at({"::1"}), at("203.0.113.9")) == "[::1]:5060");
  CHECK(sent_by(listeners_at({"::1"}), at("::1", Protocol::tcp)) == "none");
}

TEST_CASE("who has a flow has to do with its listener, wherever they are") {
  Listeners listeners = listeners_at({"127.0.0.1", "203.0.113.1", "0.0.0.0"});
  listeners.opened({FlowId{1}, {Protocol::udp, address("127.0.0.1"), 5060}});
  listeners.opened({FlowId{2}, {Protocol::udp, address("203.0.113.1"), 5061}});
  listeners.opened({FlowId{3}, {Protocol::udp, address("0.0.0.0"), 5062}});
  CHECK(sent_by(listeners, at("203.0.113.9", Protocol::udp, FlowId{1})) == "127.0.0.1:5060");
  CHECK(sent_by(listeners, at("127.0.0.9", Protocol::udp, FlowId{2})) == "203.0.113.1:5061");
  // An address that the third is spoken to at.
  listeners.opened({FlowId{9}, {Protocol::udp, address("127.0.0.1"), 5062}});
  CHECK(sent_by(listeners, at("127.0.0.9", Protocol::udp, FlowId{9})) == "example.org:5062");
  CHECK(listeners.toward(at("203.0.113.9"))->flow == FlowId{2});
  CHECK(listeners.all()[2].flow == FlowId{3});
}

namespace {

/// A relay at 127.0.0.1, 192.168.0.1 and 203.0.113.77, whose sockets are the flows 11, 12 and 13.
struct Several : Calls {
  Several() : Calls(with()) {
    for (const auto& [flow, endpoint] : sockets()) relay.flow_opened(now, {flow, endpoint});
    drain();
    zone.address("far.example", "203.0.113.1").address("here.example", "192.168.0.9");
  }
  static std::vector<std::pair<FlowId, Endpoint>> sockets() {
    return {{FlowId{11}, {Protocol::udp, address("127.0.0.1"), 5060}},
            {FlowId{12}, {Protocol::udp, address("192.168.0.1"), 5070}},
            {FlowId{13}, {Protocol::udp, address("203.0.113.77"), 5080}}};
  }
  static Settings with() {
    Settings settings = Bench::settings(false);
    settings.listeners = {{Protocol::ws, address("192.0.2.1"), 80}};
    for (const auto& [flow, endpoint] : sockets()) settings.listeners.push_back(endpoint);
    return settings;
  }
  std::string via(const Relay::SendTo& sent) { return values(sent.bytes, HeaderName::via).front(); }
};

}  // namespace

TEST_CASE("a phone hears from the UDP listener that it registered at, which Via and Record-Route name") {
  Several bench;
  const Peer phone{FlowId{12}, {Protocol::udp, address("198.51.100.2"), 5002}};
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.2:5002>");
  bench.say(peer(Protocol::ws, 1), bench.invite({}, "sip:alice@a.invalid"));
  bench.to(peer(Protocol::ws, 1));
  const auto invite = bench.to(phone);
  CHECK(invite.to.flow == FlowId{12});
  CHECK(bench.via(invite).starts_with("SIP/2.0/UDP 192.168.0.1:5070;"));
  CHECK(values(invite.bytes, HeaderName::record_route).front().find("@192.168.0.1:5070;lr>") !=
        std::string::npos);
}

TEST_CASE(
    "to other domains a datagram leaves by the socket of the listener that the Via names (16.6 step 8)") {
  Several bench;
  const auto leaves = [&](const std::string& uri) {
    bench.say(peer(Protocol::ws, 1), bench.write({.uri = uri}));
    return bench.take();
  };
  const auto far = leaves("sip:dave@far.example:5060");
  CHECK(far.to.flow == FlowId{13});
  CHECK(bench.via(far).starts_with("SIP/2.0/UDP 203.0.113.77:5080;"));
  bench.respond(far, 200);
  CHECK(bench.take_status() == 200);
  const auto here = leaves("sip:dave@here.example:5060");
  CHECK(here.to.flow == FlowId{12});
  CHECK(bench.via(here).starts_with("SIP/2.0/UDP 192.168.0.1:5070;"));
}

}  // namespace listeners_test
