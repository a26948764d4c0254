#include <algorithm>

#include "edge.h"

namespace dialog_pair_test {

using namespace relay::test;
using relay::Settings;

namespace {

const Peer bob = peer(Protocol::tcp, 2);
const Peer other = peer(Protocol::tcp, 7);
const std::string bob_contact = "sip:bob@198.51.100.2:5002;transport=tcp";
const std::string other_contact = "sip:x@198.51.100.7:5007;transport=tcp";
const IpAddress victim_address = *IpAddress::parse("203.0.113.66");

std::string same_call(std::string request) {
  const std::size_t at = request.find("Call-ID: ") + 9;
  return request.replace(at, request.find('\r', at) - at, "same");
}

Settings edge_settings() {
  Settings settings = Edge::with({{"example.net", "sip:203.0.113.5;transport=tcp"}});
  settings.keeps_messages_for = Seconds(86'400);
  return settings;
}

/// Record-Routes [callee, caller] that `at` sees of an INVITE with the Call-ID "same" and the From tag "f".
std::vector<std::string> routes_at(Calls& bench, const Peer& from, const Peer& at, Sketch sketch,
                                   const std::string& contact) {
  bench.say(from, same_call(bench.invite(sketch, contact)));
  const auto routes = values(bench.to(at).bytes, HeaderName::record_route);
  REQUIRE(routes.size() == 2);
  bench.sent.clear();
  return routes;
}

std::size_t sent_to(const Bench& bench, const IpAddress& address) {
  return static_cast<std::size_t>(std::count_if(bench.sent.begin(), bench.sent.end(), [&](const auto& each) {
    return each.to.endpoint.address == address;
  }));
}

}  // namespace

TEST_CASE("Routes of a call by a Path and of a stranger's call do not add up to our user's name") {
  Edge bench(edge_settings());
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  const std::string path = bench.path(bench.browser, bench.device);
  const auto by_path = routes_at(bench, other, bench.browser,
                                 {.uri = "sip:dave@k3.invalid",
                                  .from = "sip:alice@example.org",
                                  .fields = "Route: " + path + "\r\n",
                                  .via = "SIP/2.0/TCP 198.51.100.7:5007;branch=z9hG4bKa"},
                                 other_contact);
  const auto to_bob = routes_at(
      bench, other, bob,
      {.from = "sip:x@far.example", .via = "SIP/2.0/TCP 198.51.100.7:5007;branch=z9hG4bKb"}, other_contact);
  DialogEnd end{other,       "<sip:alice@example.org>;tag=f", "<sip:bob@example.org>;tag=any", "same",
                bob_contact, {by_path[1], to_bob[0]}};
  for (const std::string method : {"MESSAGE", "INVITE"}) {
    bench.say(other, end.write(method, "Contact: <" + other_contact + ">\r\n"));
    CHECK(sent_to(bench, bob.endpoint.address) == 0);
    bench.sent.clear();
  }
}

TEST_CASE("nor to an asserted identity of our user at a trusted server") {
  Settings settings = edge_settings();
  const Peer trusted{FlowId{400}, {Protocol::tcp, *IpAddress::parse("203.0.113.9"), 5060}};
  settings.trusted = {trusted.endpoint.address};
  Edge bench(settings);
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  const std::string path = bench.path(bench.browser, bench.device);
  const auto by_path = routes_at(bench, other, bench.browser,
                                 {.uri = "sip:dave@k3.invalid",
                                  .from = "sip:alice@example.org",
                                  .fields = "Route: " + path + "\r\n",
                                  .via = "SIP/2.0/TCP 198.51.100.7:5007;branch=z9hG4bKa"},
                                 other_contact);
  // The trusted server calls bob, the attacker, who takes over its Call-ID and tag.
  const auto of_trusted =
      routes_at(bench, trusted, bob,
                {.from = "sip:boss@far.example", .via = "SIP/2.0/TCP 203.0.113.9:5060;branch=z9hG4bKb"},
                "sip:t@203.0.113.9;transport=tcp");
  DialogEnd end{other,  "<sip:alice@example.org>;tag=f",   "<sip:boss@far.example>;tag=f",
                "same", "sip:t@203.0.113.9;transport=tcp", {by_path[1], of_trusted[1]}};
  bench.say(other, end.write("MESSAGE"));
  CHECK(sent_to(bench, trusted.endpoint.address) == 0);
  for (const auto& each : bench.sent)
    CHECK(each.bytes.find("P-Asserted-Identity: <sip:alice@example.org>") == std::string::npos);
}

TEST_CASE("Routes of two users whom one stranger has called do not let one speak to the other") {
  const auto protocol = GENERATE(Protocol::udp, Protocol::tcp);
  Calls bench(true);
  const Peer alice = peer(protocol, 4);
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  bench.enrol(
      alice, "alice",
      protocol == Protocol::udp ? "<sip:alice@198.51.100.4:5004>" : "<sip:alice@pc.invalid;transport=tcp>");
  const auto to_alice = routes_at(bench, other, alice,
                                  {.uri = "sip:alice@example.org",
                                   .from = "sip:x@far.example",
                                   .via = "SIP/2.0/TCP 198.51.100.7:5007;branch=z9hG4bKa"},
                                  other_contact);
  const auto to_bob = routes_at(
      bench, other, bob,
      {.from = "sip:x@far.example", .via = "SIP/2.0/TCP 198.51.100.7:5007;branch=z9hG4bKb"}, other_contact);
  // Behind the same NAT as alice, or with her address written into a datagram.
  Peer neighbour = alice;
  neighbour.endpoint.port = 9;
  if (protocol == Protocol::tcp) neighbour.flow = FlowId{999};
  DialogEnd end{neighbour,   "<sip:alice@example.org>;tag=f", "<sip:bob@example.org>;tag=f", "same",
                bob_contact, {to_alice[0], to_bob[0]}};
  bench.say(neighbour, end.write("MESSAGE"));
  CHECK(sent_to(bench, bob.endpoint.address) == 0);
}

TEST_CASE("an ACK of a complete stranger leads nowhere but to the other end of a dialog") {
  Calls bench(true);
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  const auto direct = routes_at(
      bench, other, bob,
      {.from = "sip:x@far.example", .via = "SIP/2.0/TCP 198.51.100.7:5007;branch=z9hG4bKa"}, other_contact);
  const auto proxied = routes_at(bench, other, bob,
                                 {.from = "sip:x@far.example",
                                  .via = "SIP/2.0/TCP 198.51.100.7:5007;branch=z9hG4bKb\r\nVia: SIP/2.0/TCP "
                                         "198.51.100.7:1;branch=z9hG4bKc"},
                                 other_contact);
  DialogEnd end{other,  "<sip:alice@example.org>;tag=f", "<sip:y@far.example>;tag=f",
                "same", "sip:victim@203.0.113.66:53",    {direct[1], proxied[1]}};
  for (int i = 0; i < 2000; ++i) bench.say(other, end.write("ACK"));
  CHECK(sent_to(bench, victim_address) == 0);
}

TEST_CASE("nor does an ACK of whom a proxy's stranger has called, in another user's name") {
  Calls bench(true);
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  const auto proxied = routes_at(bench, other, bob,
                                 {.from = "sip:x@far.example",
                                  .via = "SIP/2.0/TCP 198.51.100.7:5007;branch=z9hG4bKb\r\nVia: SIP/2.0/TCP "
                                         "198.51.100.7:1;branch=z9hG4bKc"},
                                 other_contact);
  DialogEnd end{bob,    "<sip:alice@example.org>;tag=b", "<sip:x@far.example>;tag=f",
                "same", "sip:victim@203.0.113.66:53",    {proxied[0], proxied[1]}};
  bench.say(bob, end.write("ACK"));
  CHECK(sent_to(bench, victim_address) == 0);
}

TEST_CASE("a neighbour over TCP does not speak for our user within a dialog") {
  Calls bench(true);
  const Peer alice = peer(Protocol::tcp, 4);
  bench.enrol(alice, "alice", "<sip:alice@pc.invalid;transport=tcp>");
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  const std::string contact = "Contact: <" + bob_contact + ">\r\n";
  bench.say_signed(
      bob,
      {.method = "INVITE", .uri = "sip:alice@example.org", .from = "sip:bob@example.org", .fields = contact},
      "bob");
  const auto routes = values(bench.to(alice).bytes, HeaderName::record_route);
  const auto number = std::to_string(bench.last_number);
  bench.sent.clear();
  Peer neighbour = alice;
  neighbour.endpoint.port = 9;
  neighbour.flow = FlowId{999};
  DialogEnd end{
      neighbour, "<sip:alice@example.org>;tag=any", "<sip:bob@example.org>;tag=f", "c" + number, bob_contact,
      routes};
  bench.say(neighbour, end.write("INFO"));
  CHECK(sent_to(bench, bob.endpoint.address) == 0);
}

TEST_CASE("a dialog that was begun with a forged address does not lift the limit of refusals") {
  Calls bench(true);
  const Peer victim{FlowId{1}, {Protocol::udp, victim_address, 5060}};
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  const auto routes =
      routes_at(bench, victim, bob,
                {.from = "sip:x@far.example", .via = "SIP/2.0/UDP 203.0.113.66:5060;branch=z9hG4bKv"},
                "sip:x@203.0.113.66");
  DialogEnd end{victim,      "<sip:x@far.example>;tag=f", "<sip:bob@example.org>;tag=any", "same",
                bob_contact, {routes[1], routes[0]}};
  const int requests = 7000;
  for (int i = 0; i < requests; ++i) bench.say(victim, end.write("INVITE", "Proxy-Require: x\r\n"));
  for (int second = 0; second < 40; ++second) bench.advance(Seconds(1));
  const std::size_t datagrams = sent_to(bench, victim_address);
  CHECK(datagrams <= 6100);
}

}  // namespace dialog_pair_test
