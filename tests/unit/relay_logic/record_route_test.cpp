#include "logic/record_route.h"

#include "dialog.h"

namespace record_route_test {

using namespace relay::test;
using relay::Relay;

namespace {

const Peer alice = peer(Protocol::ws, 1);
const Peer bob = peer(Protocol::udp, 2);
const Peer carol = peer(Protocol::udp, 9);
const std::string alice_contact = "sip:a1@a.invalid;transport=ws";
const std::string bob_contact = "sip:bob@198.51.100.2:5002";

/// A browser has called a phone, which has answered.
struct Talking : Calls {
  explicit Talking(bool authenticate = false) : Talking(settings(authenticate)) {}
  explicit Talking(const relay::Settings& with) : Calls(with) {
    const bool authenticate = with.authenticate;
    enrol(bob, "bob", "<" + bob_contact + ">");
    const Sketch call{.method = "INVITE", .fields = "Contact: <" + alice_contact + ">\r\n"};
    if (authenticate) {
      say_signed(alice, call, "alice");
    } else {
      say(alice, write(call));
    }
    to(alice);
    invite = to(bob);
    answer(invite, 200, bob_contact, "bob");
    ends = dialog(alice, invite, to(alice));
  }
  Relay::SendTo invite;
  Dialog ends;
};

/// carol's phone has called bob's, who is registered.
Dialog between_phones(Calls& bench) {
  bench.say(carol, bench.invite({.from = "sip:carol@example.net"}, "sip:carol@198.51.100.9:5009"));
  bench.to(carol);
  const auto invite = bench.to(bob);
  bench.answer(invite, 200, bob_contact, "bob");
  return Calls::dialog(carol, invite, bench.to(carol));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string without_tokens(const std::string& value) {
  const std::size_t at = value.find("flow-");
  REQUIRE(at != std::string::npos);
  return value.substr(0, at) + value.substr(value.find('@'));
}

}  // namespace

TEST_CASE("an INVITE gets a Record-Route for each side, with its transport (16.6 step 4, RFC 7118 5)") {
  Talking bench;
  const auto routes = values(bench.invite.bytes, HeaderName::record_route);
  REQUIRE(routes.size() == 2);
  CHECK(without_tokens(routes[0]) == "<sip:@192.0.2.1:5060;lr>");
  CHECK(without_tokens(routes[1]) == "<sip:@192.0.2.1:80;transport=ws;lr>");
}

TEST_CASE("an end at IPv4 and one at IPv6 are each led to a listener of their kind (16.6 steps 4, 8)") {
  relay::Settings settings = Bench::settings(false);
  settings.listeners.push_back({Protocol::udp, *IpAddress::parse("2001:db8::1"), 5070});
  Calls bench(settings);
  const Peer phone{FlowId{2}, {Protocol::udp, *IpAddress::parse("2001:db8::2"), 5002}};
  bench.enrol(phone, "bob", "<sip:bob@[2001:db8::2]:5002>");
  bench.say(carol, bench.invite({.from = "sip:carol@example.net"}, "sip:carol@198.51.100.9:5009"));
  bench.to(carol);
  const auto invite = bench.to(phone);
  CHECK(values(invite.bytes, HeaderName::via).front().starts_with("SIP/2.0/UDP [2001:db8::1]:5070;"));
  const auto routes = values(invite.bytes, HeaderName::record_route);
  REQUIRE(routes.size() == 2);
  CHECK(without_tokens(routes[0]) == "<sip:@[2001:db8::1]:5070;lr>");
  CHECK(without_tokens(routes[1]) == "<sip:@192.0.2.1:5060;lr>");
  bench.answer(invite, 200, "sip:bob@[2001:db8::2]:5002", "bob");
  CHECK(Bench::status_of(bench.to(carol).bytes) == 200);
}

TEST_CASE("what forms dialogs is record-routed, and what does not is not; MESSAGE forms none (RFC 3428 4)") {
  Calls bench;
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  const auto is_recorded = [&](const std::string& method) {
    bench.say(carol, bench.write({.method = method, .from = "sip:carol@example.net"}));
    return Bench::field(bench.to(bob).bytes, HeaderName::record_route) != "(absent)";
  };
  for (const char* method : {"SUBSCRIBE", "REFER", "NOTIFY", "X-NEW"}) CHECK(is_recorded(method));
  for (const char* method : {"MESSAGE", "OPTIONS", "PUBLISH", "INFO", "UPDATE", "PRACK", "BYE"})
    CHECK_FALSE(is_recorded(method));
}

TEST_CASE(
    "the ACK of a 2xx and whatever follows in the dialog reaches the phone, without our Routes (16.12)") {
  Talking bench;
  const std::string method = GENERATE("ACK", "BYE", "INFO", "UPDATE", "PRACK", "INVITE", "MESSAGE",
                                      "SUBSCRIBE", "NOTIFY", "REFER", "X-NEW");
  bench.say(alice, bench.ends.caller.write(method));
  const auto got = bench.to(bob);
  CHECK(got.to.endpoint == bob.endpoint);
  CHECK(got.bytes.starts_with(method + " " + bob_contact + " SIP/2.0\r\n"));
  CHECK(Bench::field(got.bytes, HeaderName::route) == "(absent)");
  CHECK(values(got.bytes, HeaderName::via).size() == 2);
}

TEST_CASE(
    "whatever the phone sends in the dialog goes down the browser's flow, and its answer comes back (RFC "
    "5626 5.3)") {
  Talking bench;
  const std::string method =
      GENERATE("BYE", "INFO", "UPDATE", "PRACK", "INVITE", "MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER");
  bench.say(bob, bench.ends.callee.write(method));
  const auto got = bench.to(alice);
  CHECK(got.to.flow == alice.flow);
  CHECK(got.bytes.starts_with(method + " " + alice_contact + " SIP/2.0\r\n"));
  CHECK(Bench::field(got.bytes, HeaderName::route) == "(absent)");
  bench.respond(got, 200);
  bench.sent.erase(bench.sent.begin(), bench.sent.end() - 1);
  CHECK(bench.status_to(bob) == 200);
}

TEST_CASE("the ACK of a 2xx goes without a transaction, the same each time (16.11)") {
  Talking bench;
  const std::string ack = bench.ends.caller.write("ACK");
  bench.say(alice, ack);
  const auto first = bench.to(bob);
  bench.say(alice, ack);
  CHECK(bench.to(bob).bytes == first.bytes);
  CHECK(bench.sent.empty());
  std::string last_hop = ack;
  bench.say(alice, last_hop.replace(last_hop.find("Max-Forwards: 70"), 16, "Max-Forwards: 0"));
  CHECK(bench.sent.empty());
}

TEST_CASE("a Route of ours that was tampered with, or belongs to another dialog, is 403 (RFC 5626 5.3.1)") {
  Talking bench;
  DialogEnd end = bench.ends.callee;
  SECTION("another flow") {
    std::string& last = end.routes.back();
    const std::size_t at = last.find('@') - 1;
    last[at] = last[at] == '1' ? '2' : '1';
  }
  SECTION("another dialog") { end.call_id = "another"; }
  SECTION("another recipient") { end.remote = "<sip:alice@example.org>;tag=1"; }
  bench.say(bob, end.write("BYE"));
  CHECK(bench.status_to(bob) == 403);
  bench.say(bob, end.write("ACK"));
  CHECK(bench.sent.empty());
}

TEST_CASE("a relay that is to end lets a dialog be ended, and begins nothing else in it (RFC 3261 15)") {
  Talking bench;
  bench.relay.drain();
  bench.say(alice, bench.ends.caller.write("INFO"));
  CHECK(bench.take_status() == 503);
  bench.say(alice, bench.ends.caller.write("BYE"));
  CHECK(bench.to(bob).bytes.starts_with("BYE "));
}

TEST_CASE("a flow that is gone is 430 at once to a proxy, 480 to an endpoint (RFC 5626 5.3.1, 11.5)") {
  Talking bench;
  const bool is_from_proxy = GENERATE(true, false);
  bench.relay.flow_closed(bench.now, alice.flow);
  std::string bye = bench.ends.callee.write("BYE");
  if (is_from_proxy)
    bye.insert(bye.find("Max-Forwards"), "Via: SIP/2.0/UDP behind.invalid;branch=z9hG4bKbehind\r\n");
  bench.say(bob, bye);
  const auto lost = bench.to(alice);
  bench.relay.unreachable(bench.now, lost.to);
  bench.drain();
  CHECK(bench.status_to(bob) == (is_from_proxy ? 430 : 480));
}

TEST_CASE("an ACK that is too large for a datagram goes to a phone by TCP, unless nobody takes it (18.1.1)") {
  Talking bench;
  const std::string large = "Subject: " + std::string(2'000, 's') + "\r\n";
  bench.say(alice, bench.ends.caller.write("ACK", large));
  const auto stream = bench.to(bob);
  CHECK(stream.to.endpoint == Endpoint{Protocol::tcp, bob.endpoint.address, bob.endpoint.port});
  CHECK(Bench::field(stream.bytes, HeaderName::via).starts_with("SIP/2.0/TCP "));
  bench.relay.unreachable(bench.now, stream.to);
  bench.drain();
  // The answer comes again, and so does the ACK (13.2.2.4).
  bench.say(alice, bench.ends.caller.write("ACK", large));
  const auto datagram = bench.to(bob);
  CHECK(datagram.to.endpoint == bob.endpoint);
  CHECK(Bench::field(datagram.bytes, HeaderName::via).starts_with("SIP/2.0/UDP "));
}

TEST_CASE("an ACK goes on with no more Max-Breadth than it came with (RFC 5393 5.3.3)") {
  Talking bench;
  bench.say(alice, bench.ends.caller.write("ACK", "Max-Breadth: 2\r\n"));
  CHECK(Bench::field(bench.to(bob).bytes, HeaderName::max_breadth) == "2");
}

TEST_CASE("a strict router's request is put right (16.4)") {
  Talking bench;
  DialogEnd end = bench.ends.callee;
  // RFC 2543: the first Route becomes the Request-URI, the remote target goes last.
  const std::string target = "<" + end.target + ">";
  end.target = uri_in(end.routes.front());
  end.routes.erase(end.routes.begin());
  end.routes.push_back(target);
  bench.say(bob, end.write("BYE"));
  const auto got = bench.to(alice);
  CHECK(got.to.flow == alice.flow);
  CHECK(got.bytes.starts_with("BYE " + alice_contact + " SIP/2.0\r\n"));
  CHECK(Bench::field(got.bytes, HeaderName::route) == "(absent)");
}

TEST_CASE("a Request-URI of ours and nothing but Routes of ours lead nowhere, and end") {
  Talking bench;
  DialogEnd end = bench.ends.callee;
  end.target = uri_in(end.routes.front());
  bench.say(bob, end.write("BYE"));
  CHECK(bench.sent.size() == 1);
  CHECK(Bench::status_of(bench.sent.front().bytes) >= 400);
}

TEST_CASE("who comes by the flow that the dialog was formed on is not asked for a password again") {
  Talking bench(true);
  bench.say(alice, bench.ends.caller.write("ACK"));
  CHECK(bench.to(bob).bytes.starts_with("ACK "));
  bench.say(alice, bench.ends.caller.write("BYE"));
  CHECK(bench.to(bob).bytes.starts_with("BYE "));
  bench.say(bob, bench.ends.callee.write("BYE"));
  CHECK(bench.to(alice).bytes.starts_with("BYE "));
}

TEST_CASE("who comes by another flow is asked for a password; an ACK of theirs is dropped") {
  Talking bench(true);
  DialogEnd end = bench.ends.caller;
  SECTION("another flow") { end.peer = peer(Protocol::ws, 7); }
  SECTION("another flow, and another name") {
    end.peer = peer(Protocol::ws, 7);
    end.local = "<sip:zoe@example.org>;tag=f";
  }
  bench.say(end.peer, end.write("MESSAGE"));
  CHECK(bench.status_to(end.peer) == 407);
  bench.say(end.peer, end.write("ACK"));
  CHECK(bench.sent.empty());
}

TEST_CASE("an end of a dialog may change its name, and is reached by the new one (RFC 4916 4.3, 4.7)") {
  Calls bench(true);
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  Dialog ends = between_phones(bench);
  ends.caller.local = "<sip:dave@example.net>;tag=f";
  bench.say(carol, ends.caller.write("UPDATE"));
  const auto update = bench.to(bob);
  CHECK(Bench::field(update.bytes, HeaderName::from) == ends.caller.local);
  bench.respond(update, 200);
  CHECK(bench.status_to(carol) == 200);
  ends.callee.remote = ends.caller.local;
  for (const char* method : {"INFO", "ACK", "BYE"}) {
    bench.say(bob, ends.callee.write(method));
    CHECK(bench.to(carol).bytes.starts_with(method));
  }
}

TEST_CASE("who changes their name to one of ours shows that it is theirs, and leaves no call hanging") {
  Talking bench(true);
  DialogEnd end = bench.ends.caller;
  end.local = "<sip:bob@example.org>;tag=f";
  bench.say(alice, end.write("UPDATE"));
  CHECK(bench.status_to(alice) == 407);
  // What can't be asked for a password comes by the same flow.
  bench.say(alice, end.write("ACK"));
  CHECK(bench.to(bob).bytes.starts_with("ACK "));
}

TEST_CASE("a dialog outlives a restart of the relay, but for flows that are gone") {
  relay::Settings settings = Bench::settings(true);
  settings.route_key = seed_from(99);
  Talking before(settings);
  Dialog phones = between_phones(before);
  Calls after(settings, 2);
  after.say(carol, phones.caller.write("INFO"));
  CHECK(after.to(bob).bytes.starts_with("INFO "));
  after.say(bob, phones.callee.write("BYE"));
  CHECK(after.to(carol).bytes.starts_with("BYE "));
  // The browser's new flow has to show whose it is.
  after.say(alice, before.ends.caller.write("INFO"));
  CHECK(after.status_to(alice) == 407);
  // Somebody else's flow has the browser's number now.
  after.say(bob, before.ends.callee.write("BYE"));
  const auto lost = after.take();
  CHECK(lost.to.flow == FlowId::none);
  CHECK(lost.to.endpoint.protocol == Protocol::ws);
  after.relay.unreachable(after.now, lost.to);
  after.drain();
  CHECK(after.status_to(bob) == 480);
  // With another key nothing of it is ours.
  settings.route_key = seed_from(100);
  Calls other(settings, 2);
  other.say(bob, before.ends.callee.write("BYE"));
  CHECK(other.status_to(bob) == 403);
}

TEST_CASE("our Record-Route opens no way to anybody else") {
  Calls bench(true);
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  Dialog ends = between_phones(bench);
  // Whatever its Request-URI, it goes to bob's phone.
  ends.caller.target = "sip:victim@203.0.113.66";
  bench.say(carol, ends.caller.write("INFO"));
  CHECK(bench.to(bob).to.endpoint == bob.endpoint);
  // With the Routes in bob's order it would go back to carol.
  std::reverse(ends.caller.routes.begin(), ends.caller.routes.end());
  bench.say(carol, ends.caller.write("INFO"));
  CHECK(bench.status_to(carol) == 403);
  // Outside of a dialog they mean nothing.
  ends.caller.remote = "<sip:bob@example.org>";
  bench.say(carol, ends.caller.write("INFO"));
  CHECK(bench.status_to(carol) == 403);
}

TEST_CASE(
    "a call to another domain: the far end is found by its Contact, and finds the browser by its flow") {
  Calls bench(true);
  bench.zone.srv("_sip._udp.example.net", {1, 1, 5060, "one.example.net"})
      .address("one.example.net", "203.0.113.1");
  bench.say_signed(
      alice,
      {.method = "INVITE", .uri = "sip:dave@example.net", .fields = "Contact: <" + alice_contact + ">\r\n"},
      "alice");
  bench.to(alice);
  const auto invite = bench.take();
  CHECK(invite.to.endpoint == Endpoint{Protocol::udp, *IpAddress::parse("203.0.113.1"), 5060});
  bench.answer(invite, 200, "sip:dave@203.0.113.44:5090", "dave");
  Dialog ends = Calls::dialog(alice, invite, bench.to(alice));
  bench.say(alice, ends.caller.write("ACK"));
  CHECK(bench.take().to.endpoint == Endpoint{Protocol::udp, *IpAddress::parse("203.0.113.44"), 5090});
  bench.say(alice, ends.caller.write("INFO"));
  CHECK(bench.take().to.endpoint == Endpoint{Protocol::udp, *IpAddress::parse("203.0.113.44"), 5090});
  const Peer dave{FlowId{1}, {Protocol::udp, *IpAddress::parse("203.0.113.44"), 5090}};
  bench.say(dave, ends.callee.write("BYE"));
  CHECK(bench.to(alice).to.flow == alice.flow);
  // Nobody but the browser may send on from there.
  bench.say(dave, ends.caller.write("INFO"));
  CHECK(bench.take_status() == 407);
}

TEST_CASE("further proxies stay in the Route of what follows") {
  Talking bench;
  bench.ends.caller.routes.push_back("<sip:edge.example.org;lr>");
  bench.say(alice, bench.ends.caller.write("INFO"));
  const auto got = bench.to(bob);
  CHECK(Bench::field(got.bytes, HeaderName::route) == "<sip:edge.example.org;lr>");
}

TEST_CASE("a phone behind a NAT is reached where it sent from, one that listens elsewhere by its Contact") {
  Calls bench;
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  const auto reached = [&](const std::string& via, const std::string& contact) {
    bench.say(carol, bench.invite({.from = "sip:carol@example.net", .via = via}, contact));
    bench.to(carol);
    const auto invite = bench.to(bob);
    bench.answer(invite, 200, bob_contact, "bob");
    Dialog ends = Calls::dialog(carol, invite, bench.to(carol));
    bench.say(bob, ends.callee.write("INFO"));
    return bench.to(carol).to.endpoint;
  };
  CHECK(reached("SIP/2.0/UDP 10.0.0.9:5060;rport;branch=z9hG4bKnat", "sip:carol@10.0.0.9:5060") ==
        carol.endpoint);
  const Endpoint listening{Protocol::udp, carol.endpoint.address, 6000};
  CHECK(reached("SIP/2.0/UDP 198.51.100.9:6000;branch=z9hG4bKplain", "sip:carol@198.51.100.9:6000") ==
        listening);
}

TEST_CASE("with SIPS the Record-Route is SIPS, and nothing goes in clear (16.6 step 4)") {
  relay::Settings settings = Bench::settings(false);
  settings.listeners.push_back({Protocol::wss, *IpAddress::parse("192.0.2.1"), 443});
  const relay::LocalDomain domain(settings);
  const relay::RecordRoute record_route(domain, relay::FlowToken(Random(seed_from(1)), 1));
  Bench bench;
  const std::string text = bench.write({.method = "INVITE", .uri = "sips:bob@example.org"});
  const auto kept = relay::KeptRequest::read(text);
  REQUIRE(kept);
  const Peer browser{FlowId{7}, {Protocol::wss, *IpAddress::parse("198.51.100.1"), 5001}};
  const std::string value =
      record_route.value(kept->as(TransactionId{1}, browser), "sips:bob@b.invalid", browser, browser, {});
  CHECK(has(value, "<sips:flow-"));
  CHECK_FALSE(has(value, "<sip:"));
  CHECK(has(value, "@192.0.2.1:443;transport=ws;lr>"));
}

}  // namespace record_route_test
