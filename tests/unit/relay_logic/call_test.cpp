#include "dialog.h"

namespace call_test {

using namespace relay::test;
using relay::Relay;

namespace {

const Peer alice = peer(Protocol::ws, 1);
const Peer bob = peer(Protocol::udp, 2);
const Peer carol = peer(Protocol::udp, 9);
const std::string bob_contact = "sip:bob@198.51.100.2:5002";
const Sketch from_carol{.from = "sip:carol@example.net",
                        .via = "SIP/2.0/UDP 198.51.100.9:5009;rport;branch=z9hG4bKcall"};

Sketch with_method(const std::string& method) {
  Sketch sketch = from_carol;
  sketch.method = method;
  return sketch;
}

/// bob with so many phones, at peers 2, 3, ... and an INVITE from carol on its way to all of them.
struct Ringing : Calls {
  explicit Ringing(int phones = 1) {
    for (int i = 2; i < 2 + phones; ++i)
      enrol(peer(Protocol::udp, i), "bob",
            "<sip:bob@198.51.100." + std::to_string(i) + ":" + std::to_string(5000 + i) + ">");
    say(carol, invite(from_carol, "sip:carol@198.51.100.9:5009"));
    REQUIRE(status_to(carol) == 100);
    for (int i = 0; i < phones; ++i) invites.push_back(take());
    CHECK(sent.empty());
  }
  /// The statuses of everything that carol has got.
  std::vector<int> heard() {
    std::vector<int> statuses;
    while (!sent.empty()) statuses.push_back(status_to(carol));
    return statuses;
  }
  /// The ACK of a refusal, or a CANCEL, to a phone.
  std::string method_to(std::size_t phone) {
    const std::string text = to(invites[phone].to).bytes;
    return text.substr(0, text.find(' '));
  }
  std::vector<Relay::SendTo> invites;
};

using Statuses = std::vector<int>;

}  // namespace

TEST_CASE("an INVITE gets 100 at once, and is forwarded (16.2, 17.2.1)") {
  Ringing bench;
  const std::string& invite = bench.invites[0].bytes;
  CHECK(invite.starts_with("INVITE sip:bob@198.51.100.2:5002 SIP/2.0\r\n"));
  CHECK(Bench::field(invite, HeaderName::max_forwards) == "69");
  bench.advance(Milliseconds(300));
  CHECK(bench.sent.size() == 0);
}

TEST_CASE("provisional responses to INVITE go back at once, all but 100 (16.7 step 5)") {
  Ringing bench;
  for (const int status : {100, 180, 183}) bench.respond(bench.invites[0], status);
  CHECK(bench.heard() == Statuses{180, 183});
}

TEST_CASE(
    "a 2xx goes back at once, each repeat of it too, and the relay does not acknowledge it (RFC 6026)") {
  Ringing bench;
  for (int i = 0; i < 3; ++i) bench.respond(bench.invites[0], 200);
  CHECK(bench.heard() == Statuses{200, 200, 200});
  bench.advance(Milliseconds(31'000));
  bench.respond(bench.invites[0], 200);
  CHECK(bench.heard() == Statuses{200});
  bench.advance(Milliseconds(2'000));
  bench.respond(bench.invites[0], 200);
  CHECK(bench.sent.empty());
}

TEST_CASE(
    "several phones that answer at the same moment: each 2xx goes back, and who still rings is cancelled") {
  Ringing bench(3);
  for (const auto& invite : bench.invites) bench.respond(invite, 180);
  CHECK(bench.heard() == Statuses{180, 180, 180});
  bench.respond(bench.invites[0], 200, "first");
  CHECK(bench.status_to(carol) == 200);
  CHECK(bench.method_to(1) == "CANCEL");
  CHECK(bench.method_to(2) == "CANCEL");
  bench.respond(bench.invites[1], 200, "second");
  const auto second = bench.to(carol);
  CHECK(Bench::status_of(second.bytes) == 200);
  CHECK(Bench::field(second.bytes, HeaderName::to).find("tag=second") != std::string::npos);
  bench.respond(bench.invites[2], 487);
  CHECK(bench.method_to(2) == "ACK");
  CHECK(bench.sent.empty());
}

TEST_CASE(
    "a refusal waits for the other phones, is acknowledged hop by hop, and the best goes back (16.7 step "
    "6)") {
  Ringing bench(2);
  bench.respond(bench.invites[0], 500);
  CHECK(bench.method_to(0) == "ACK");
  CHECK(bench.sent.empty());
  bench.respond(bench.invites[1], 486);
  CHECK(bench.method_to(1) == "ACK");
  CHECK(bench.heard() == Statuses{486});
  bench.say(carol, bench.write(with_method("ACK")));
  CHECK(bench.sent.empty());
}

TEST_CASE("a 6xx cancels the others and is the answer, unless one of them answers first (16.7 steps 5, 6)") {
  Ringing bench(2);
  bench.respond(bench.invites[1], 180);
  bench.respond(bench.invites[0], 603);
  CHECK(bench.status_to(carol) == 180);
  CHECK(bench.method_to(0) == "ACK");
  CHECK(bench.method_to(1) == "CANCEL");
  CHECK(bench.sent.empty());
  SECTION("it stops ringing") {
    bench.respond(bench.invites[1], 487);
    CHECK(bench.method_to(1) == "ACK");
    CHECK(bench.heard() == Statuses{603});
  }
  SECTION("it was answered") {
    bench.respond(bench.invites[1], 200);
    CHECK(bench.heard() == Statuses{200});
  }
}

TEST_CASE("the challenges of all phones go back together, and 503 alone as 500 (16.7 steps 6, 7)") {
  Ringing bench(2);
  const auto challenge = [&](std::size_t phone, const std::string& realm) {
    const auto view = MessageView::parse(bench.invites[phone].bytes);
    bench.say(bench.invites[phone].to, Message::response_to(*view, 407, "t")
                                           .add(HeaderName::proxy_authenticate, "Digest realm=" + realm)
                                           .finish());
  };
  SECTION("challenges") {
    challenge(0, "one");
    challenge(1, "two");
    bench.method_to(0);
    bench.method_to(1);
    CHECK(values(bench.to(carol).bytes, HeaderName::proxy_authenticate) ==
          std::vector<std::string>{"Digest realm=two", "Digest realm=one"});
  }
  SECTION("unavailable") {
    for (const auto& invite : bench.invites) bench.respond(invite, 503);
    bench.method_to(0);
    bench.method_to(1);
    CHECK(bench.heard() == Statuses{500});
  }
}

TEST_CASE("a CANCEL gets 200 at once, ends the ringing, and 487 comes back (16.10)") {
  Ringing bench;
  bench.respond(bench.invites[0], 180);
  CHECK(bench.heard() == Statuses{180});
  bench.say(carol, bench.write(with_method("CANCEL")));
  CHECK(bench.status_to(carol) == 200);
  const auto cancel = bench.to(bob);
  CHECK(cancel.bytes.starts_with("CANCEL sip:bob@198.51.100.2:5002 SIP/2.0\r\n"));
  CHECK(Bench::field(cancel.bytes, HeaderName::via) == Bench::field(bench.invites[0].bytes, HeaderName::via));
  bench.respond(cancel, 200);
  bench.respond(bench.invites[0], 487);
  CHECK(bench.method_to(0) == "ACK");
  CHECK(bench.heard() == Statuses{487});
}

TEST_CASE("a phone that has said nothing yet is cancelled when it does (9.1)") {
  Ringing bench;
  bench.say(carol, bench.write(with_method("CANCEL")));
  CHECK(bench.heard() == Statuses{200});
  bench.respond(bench.invites[0], 100);
  CHECK(bench.method_to(0) == "CANCEL");
  CHECK(bench.sent.empty());
}

TEST_CASE("a CANCEL from another address than the INVITE's changes nothing (22.1)") {
  Ringing bench;
  bench.respond(bench.invites[0], 180);
  CHECK(bench.heard() == Statuses{180});
  bench.say(peer(Protocol::udp, 8), bench.write(with_method("CANCEL")));
  CHECK(bench.take_status() == 200);
  CHECK(bench.sent.empty());
}

TEST_CASE("an INVITE that is cancelled while the store is asked gets 487, and goes nowhere (9.2)") {
  Calls bench(true);
  bench.store_is_slow = true;
  bench.say(carol, bench.invite(from_carol, "sip:carol@198.51.100.9:5009"));
  bench.say(carol, bench.write(with_method("CANCEL")));
  CHECK(bench.take_status() == 200);
  CHECK(bench.take_status() == 487);
  CHECK(bench.sent.empty());
}

TEST_CASE("a phone that takes no TCP gets the next large INVITE as a datagram at once (18.1.1)") {
  Calls bench;
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  Sketch large = from_carol;
  large.body = std::string(2'000, 'v');
  for (const bool is_first : {true, false}) {
    CAPTURE(is_first);
    large.via += is_first ? "-first" : "-second";
    bench.say(carol, bench.invite(large, "sip:carol@198.51.100.9:5009"));
    REQUIRE(bench.status_to(carol) == 100);
    auto invite = bench.take();
    if (is_first) {
      CHECK(invite.to.endpoint.protocol == Protocol::tcp);
      bench.relay.unreachable(bench.now, invite.to);
      bench.drain();
      invite = bench.take();
    }
    CHECK(invite.to.endpoint == bob.endpoint);
    CHECK(bench.sent.empty());
  }
}

TEST_CASE("a phone that never answers is 408 after Timer B, its INVITE sent again until then (16.7 step 6)") {
  Ringing bench;
  std::size_t again = 0;
  while (Bench::field(bench.sent.empty() ? bench.invites[0].bytes : bench.sent.back().bytes, HeaderName::cseq)
                 .find("INVITE") != std::string::npos &&
         (bench.sent.empty() || bench.sent.back().to.endpoint != carol.endpoint)) {
    again = bench.sent.size();
    bench.advance(Milliseconds(500));
  }
  CHECK(again == 6);
  CHECK(Bench::status_of(bench.sent.back().bytes) == 408);
}

TEST_CASE("a WebSocket that closes under a ringing INVITE is 480 at once") {
  Calls bench;
  const Peer browser = peer(Protocol::ws, 3);
  bench.enrol(browser, "bob", "<sip:bob@b.invalid>");
  bench.say(carol, bench.invite(from_carol, "sip:carol@198.51.100.9:5009"));
  CHECK(bench.status_to(carol) == 100);
  bench.respond(bench.to(browser), 180);
  CHECK(bench.status_to(carol) == 180);
  bench.relay.flow_closed(bench.now, browser.flow);
  bench.drain();
  CHECK(bench.status_to(carol) == 480);
}

TEST_CASE(
    "a phone stops ringing when the caller's WebSocket closes, and one that is not asked yet never rings") {
  Calls bench;
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  bench.enrol(peer(Protocol::udp, 3), "bob", "<sip:bob@198.51.100.3:5003>;q=0.5");
  bench.say(alice, bench.invite({.from = "sip:alice@example.org"}, "sip:a@a.invalid;transport=ws"));
  CHECK(bench.status_to(alice) == 100);
  const auto invite = bench.to(bob);
  bench.respond(invite, 180);
  CHECK(bench.status_to(alice) == 180);
  bench.relay.flow_closed(bench.now, alice.flow);
  bench.drain();
  const auto cancel = bench.to(bob);
  CHECK(cancel.bytes.starts_with("CANCEL "));
  bench.respond(cancel, 200);
  bench.respond(invite, 487);
  CHECK(bench.to(bob).bytes.starts_with("ACK "));
  CHECK(bench.status_to(alice) == 487);  // nobody hears it
  for (int i = 0; i < 40; ++i) bench.advance(Seconds(1));
  CHECK(bench.sent.empty());
}

TEST_CASE("a call that was answered is not cancelled when the caller's WebSocket closes") {
  Calls bench;
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  bench.say(alice, bench.invite({.from = "sip:alice@example.org"}, "sip:a@a.invalid;transport=ws"));
  bench.respond(bench.to(bob), 200);
  bench.relay.flow_closed(bench.now, alice.flow);
  bench.sent.clear();
  bench.drain();
  CHECK(bench.sent.empty());
}

TEST_CASE(
    "a phone rings on when the caller's TCP connection closes, unless no other one leads to the caller "
    "(18.2.2)") {
  Calls bench;
  const Peer caller = peer(Protocol::tcp, 7);
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  bench.say(caller, bench.invite({.from = "sip:carol@example.net",
                                  .via = "SIP/2.0/TCP 198.51.100.7:5060;branch=z9hG4bKtcp"},
                                 "sip:c@198.51.100.7"));
  CHECK(bench.status_to(caller) == 100);
  const auto invite = bench.to(bob);
  bench.respond(invite, 180);
  CHECK(bench.status_to(caller) == 180);
  bench.relay.flow_closed(bench.now, caller.flow);
  bench.drain();
  const auto trial = bench.to(caller);
  CHECK(Bench::status_of(trial.bytes) == 100);
  CHECK(trial.to.endpoint.port == 5060);
  CHECK(bench.sent.empty());
  SECTION("somebody listens there") {
    bench.respond(invite, 200);
    CHECK(bench.status_to(caller) == 200);
  }
  SECTION("nobody does") {
    bench.relay.unreachable(bench.now, trial.to);
    bench.drain();
    CHECK(bench.to(bob).bytes.starts_with("CANCEL "));
  }
}

TEST_CASE("an INVITE whose caller is gone before the store or the DNS has answered goes nowhere") {
  Calls bench(true);
  SECTION("the store") {
    bench.store_is_slow = true;
    bench.say(peer(Protocol::ws, 7), bench.invite({.from = "sip:carol@example.net"}, "sip:c@c.invalid"));
  }
  SECTION("the DNS") {
    bench.dns_is_slow = true;
    bench.say_signed(
        peer(Protocol::ws, 7),
        {.method = "INVITE", .uri = "sip:dave@example.net", .fields = "Contact: <sip:c@c.invalid>\r\n"},
        "alice");
    REQUIRE(bench.lookups.size() == 1);
  }
  CHECK_FALSE(bench.relay.is_idle());
  bench.relay.flow_closed(bench.now, peer(Protocol::ws, 7).flow);
  bench.drain();
  CHECK(bench.relay.is_idle());
  CHECK(bench.take_status() == 487);
  CHECK(bench.sent.empty());
}

TEST_CASE("a phone that never says a word leads to the next one of a lower q after Timer B (16.7 step 6)") {
  Calls bench;
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  bench.enrol(peer(Protocol::udp, 3), "bob", "<sip:bob@198.51.100.3:5003>;q=0.5");
  bench.say(carol, bench.invite(from_carol, "sip:carol@198.51.100.9:5009"));
  CHECK(bench.status_to(carol) == 100);
  const auto start = bench.now.mono;
  const auto is_next = [&] { return !bench.sent.empty() && bench.sent.back().to.endpoint.port == 5003; };
  while (!is_next() && bench.now.mono - start < Seconds(60)) bench.advance(Milliseconds(500));
  CHECK(bench.now.mono - start == Seconds(32));
  const auto next = bench.sent.back();
  bench.sent.clear();
  bench.respond(next, 200);
  CHECK(bench.status_to(carol) == 200);
}

TEST_CASE(
    "an INVITE that is too large for a datagram goes by TCP, and as one where nobody listens there "
    "(18.1.1)") {
  Calls bench;
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  Sketch large = from_carol;
  large.body = std::string(3'000, 'v');
  bench.say(carol, bench.invite(large, "sip:carol@198.51.100.9:5009"));
  CHECK(bench.status_to(carol) == 100);
  const auto stream = bench.take();
  CHECK(stream.to.endpoint == Endpoint{Protocol::tcp, bob.endpoint.address, 5002});
  bench.relay.unreachable(bench.now, stream.to);
  bench.drain();
  const auto datagram = bench.take();
  CHECK(datagram.to.endpoint == Endpoint{Protocol::udp, bob.endpoint.address, 5002});
  bench.respond(datagram, 486);
  CHECK(bench.take().bytes.starts_with("ACK "));
  CHECK(bench.status_to(carol) == 486);
}

TEST_CASE("our own users are challenged for an INVITE, and called when they have answered") {
  Calls bench(true);
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  bench.say_signed(alice, {.method = "INVITE", .fields = "Contact: <sip:a@a.invalid;transport=ws>\r\n"},
                   "alice");
  CHECK(bench.status_to(alice) == 100);
  CHECK(Bench::field(bench.to(bob).bytes, HeaderName::proxy_authorization) == "(absent)");
}

}  // namespace call_test
