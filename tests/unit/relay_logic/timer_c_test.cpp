#include "dialog.h"

namespace timer_c_test {

using namespace relay::test;
using relay::Relay;

namespace {

const Peer bob = peer(Protocol::udp, 2);
const Peer carol = peer(Protocol::udp, 9);

/// An INVITE that rings at bob's phone.
struct Ringing : Calls {
  Ringing() {
    enrol(bob, "bob", "<sip:bob@198.51.100.2:5002>");
    say(carol, invite({.from = "sip:carol@example.net"}, "sip:carol@198.51.100.9:5009"));
    to(carol);
    request = to(bob);
    respond(request, 180);
    CHECK(status_to(carol) == 180);
  }
  Relay::SendTo request;
};

constexpr Milliseconds just_before = relay::Proxy::timer_c - Milliseconds(1);

}  // namespace

TEST_CASE("an INVITE that rings for longer than Timer C is cancelled (16.8)") {
  Ringing bench;
  CHECK(relay::Proxy::timer_c > Seconds(180));
  bench.advance(just_before);
  CHECK(bench.sent.empty());
  bench.advance(Milliseconds(1));
  CHECK(bench.take().bytes.starts_with("CANCEL "));
  bench.respond(bench.request, 487);
  CHECK(bench.to(bob).bytes.starts_with("ACK "));
  CHECK(bench.status_to(carol) == 487);
}

TEST_CASE("each provisional response but 100 sets Timer C anew (16.7 step 2)") {
  Ringing bench;
  bench.advance(just_before);
  SECTION("180") {
    bench.respond(bench.request, 180);
    CHECK(bench.status_to(carol) == 180);
    bench.advance(just_before);
    CHECK(bench.sent.empty());
  }
  SECTION("100") {
    bench.respond(bench.request, 100);
    bench.advance(Milliseconds(1));
    CHECK(bench.take().bytes.starts_with("CANCEL "));
  }
}

TEST_CASE("a phone that answers neither CANCEL nor INVITE is given up 64*T1 later (9.1)") {
  Ringing bench;
  bench.advance(relay::Proxy::timer_c);
  bench.advance(Milliseconds(31'999));
  bench.sent.clear();
  bench.advance(Milliseconds(1));
  CHECK(bench.status_to(carol) == 487);
  bench.respond(bench.request, 200);
  CHECK(bench.sent.empty());
}

TEST_CASE("no timer is left of a call that was answered, refused, cancelled or never answered") {
  Ringing bench;
  bench.advance(Milliseconds(1'000));
  const int status = GENERATE(200, 486, 0);
  if (status != 0) bench.respond(bench.request, status);
  const Milliseconds end =
      status == 0 ? Milliseconds(relay::Proxy::timer_c) + Milliseconds(64'000) : Milliseconds(64'000);
  for (Milliseconds passed{0}; passed < end; passed += Milliseconds(500)) bench.advance(Milliseconds(500));
  // The registration of an hour is all that is left.
  REQUIRE(bench.relay.deadline());
  CHECK(*bench.relay.deadline() == Instant(Milliseconds(1000)) + Seconds(3600));
}

}  // namespace timer_c_test
