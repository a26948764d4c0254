#include "logic/local_domain.h"

#include "dialog.h"

namespace local_domain_test {

using namespace relay;
using namespace relay::test;

namespace {

const Peer alice = peer(Protocol::ws, 1);
const Peer bob = peer(Protocol::udp, 2);
const IpAddress every_v4 = *IpAddress::parse("0.0.0.0");
const IpAddress of_machine = *IpAddress::parse("192.0.2.7");

/// A relay at every IPv4 address of a machine that has 192.0.2.7, and is relay.example.org.
struct Everywhere : Calls {
  explicit Everywhere(bool authenticate = false) : Calls(with(authenticate)) {
    zone.address("far.example", "203.0.113.1")
        .address("mirror.example", "192.0.2.7")
        .address("other.example", "192.0.2.8");
  }
  static Settings with(bool authenticate) {
    Settings settings = Bench::settings(authenticate);
    settings.names = {"relay.example.org", "203.0.113.200"};
    settings.addresses = {of_machine};
    settings.listeners = {
        {Protocol::udp, every_v4, 5060}, {Protocol::tcp, every_v4, 5070}, {Protocol::ws, every_v4, 80}};
    settings.routes = {{"beside.example", {Protocol::udp, of_machine, 5099}}};
    return settings;
  }
  Relay::SendTo sent_by_route(const std::string& uri, const std::string& route) {
    say(alice, write({.uri = uri, .fields = "Route: <" + route + ">\r\n"}));
    return take();
  }
};

const std::vector<std::string> own_routes{
    "sip:relay.example.org;lr", "sip:Relay.Example.ORG:5070;transport=tcp;lr",
    "sip:192.0.2.7;lr",         "sip:192.0.2.7:5060;lr",
    "sip:203.0.113.200;lr",     "sip:example.org;lr"};

}  // namespace

TEST_CASE("a Route to a name or an address of the machine has led here, and is taken off (16.4)") {
  Everywhere bench;
  bench.enrol(bob, "bob", "<sip:bob@198.51.100.2:5002>");
  for (const std::string& route : own_routes) {
    INFO(route);
    const auto home = bench.sent_by_route("sip:bob@example.org", route);
    CHECK(home.to.endpoint == bob.endpoint);
    CHECK(Bench::field(home.bytes, HeaderName::route) == "(absent)");
    const auto away = bench.sent_by_route("sip:dave@far.example:5060", route);
    CHECK(away.to.endpoint.address == *IpAddress::parse("203.0.113.1"));
    CHECK(Bench::field(away.bytes, HeaderName::route) == "(absent)");
  }
}

TEST_CASE(
    "another server of the machine has another port, which the configuration names, and another machine "
    "another address") {
  Everywhere bench;
  bench.zone.address("relay.example.org", "192.0.2.7");
  for (const std::string route : {"sip:relay.example.org:5099;lr", "sip:192.0.2.7:5099;lr"}) {
    const auto sent = bench.sent_by_route("sip:dave@far.example:5060", route);
    CHECK(sent.to.endpoint == Endpoint{Protocol::udp, of_machine, 5099});
    CHECK(Bench::field(sent.bytes, HeaderName::route) == "<" + route + ">");
  }
  for (const std::string route : {"sip:relay.example.org:6379;lr", "sip:192.0.2.7:6379;transport=tcp;lr"})
    CHECK(Bench::status_of(bench.sent_by_route("sip:dave@far.example:5060", route).bytes) == 404);
  const auto sent = bench.sent_by_route("sip:dave@far.example:5060", "sip:other.example:5060;lr");
  CHECK(sent.to.endpoint.address == *IpAddress::parse("192.0.2.8"));
}

TEST_CASE("a domain whose name leads to an address of the machine is not asked (21.4.5)") {
  Everywhere bench;
  bench.say(alice, bench.write({.uri = "sip:dave@mirror.example:5060"}));
  CHECK(bench.take_status() == 404);
}

TEST_CASE("a name of the host is asked for what it can and registered with, but has no users (16.5, 10.3)") {
  Everywhere bench(true);
  bench.say(alice, bench.write({.method = "OPTIONS", .uri = "sip:relay.example.org"}));
  CHECK(bench.take_status() == 200);
  bench.say(alice, bench.write({.uri = "sip:bob@relay.example.org", .from = "sip:carol@example.net"}));
  CHECK(bench.take_status() == 404);
  bench.say_signed(alice,
                   {.method = "REGISTER",
                    .uri = "sip:relay.example.org",
                    .to = "sip:alice@example.org",
                    .fields = "Contact: <sip:alice@a.invalid;transport=ws>\r\n"},
                   "alice");
  CHECK(bench.take_status() == 200);
  // Who says to be of there is a stranger, and goes nowhere else.
  bench.say(alice, bench.write({.uri = "sip:dave@far.example", .from = "sip:alice@relay.example.org"}));
  CHECK(bench.take_status() == 403);
}

TEST_CASE("who writes in the name of a domain that is an address shows a password, whatever port they add") {
  Settings settings = Bench::settings(true);
  settings.domain = "192.0.2.1";
  Bench bench(settings);
  for (const std::string port : {"", ":5060", ":9999"}) {
    INFO(port);
    bench.say(alice, bench.write({.uri = "sip:bob@192.0.2.1", .from = "sip:alice@192.0.2.1" + port}));
    CHECK(bench.take_status() == 407);
  }
  // Another address is another domain, and the port leads to another server.
  bench.say(alice, bench.write({.uri = "sip:bob@192.0.2.1", .from = "sip:alice@192.0.2.2"}));
  CHECK(bench.take_status() == 480);
  bench.say(alice, bench.write({.uri = "sip:bob@192.0.2.1:9999", .from = "sip:carol@example.net"}));
  CHECK(bench.take_status() == 403);
}

TEST_CASE("where a listener is at every address, others are told the host's first name (16.6 steps 4, 8)") {
  Everywhere bench;
  bench.enrol(bob, "bob", "<sip:bob@198.51.100.2:5002>");
  bench.say(alice, bench.invite({}, "sip:alice@a.invalid"));
  bench.to(alice);
  const auto invite = bench.to(bob);
  CHECK(values(invite.bytes, HeaderName::via).front().starts_with("SIP/2.0/UDP relay.example.org:5060;"));
  const auto routes = values(invite.bytes, HeaderName::record_route);
  REQUIRE(routes.size() == 2);
  CHECK(routes[0].ends_with("@relay.example.org:5060;lr>"));
  CHECK(routes[1].ends_with("@relay.example.org:80;transport=ws;lr>"));
  bench.answer(invite, 200, "sip:bob@198.51.100.2:5002", "bob");
  const auto answer = bench.to(alice);
  CHECK(Bench::status_of(answer.bytes) == 200);
  // What follows in the dialog goes by it.
  Dialog ends = Calls::dialog(alice, invite, answer);
  bench.say(bob, ends.callee.write("INFO"));
  CHECK(bench.to(alice).bytes.starts_with("INFO sip:alice@a.invalid SIP/2.0\r\n"));
}

}  // namespace local_domain_test
