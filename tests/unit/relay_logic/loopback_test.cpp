#include <algorithm>

#include "dialog.h"

namespace loopback_test {

using namespace relay;
using namespace relay::test;

namespace {

const Peer bob = peer(Protocol::tcp, 2);
const std::string bobs_contact = "sip:bob@198.51.100.2:5002;transport=tcp";
/// Whom a TCP proxy on the relay's machine brings.
const Peer proxied{FlowId{7}, {Protocol::tcp, *IpAddress::parse("127.0.0.1"), 40'000}};
const Endpoint inside{Protocol::tcp, *IpAddress::parse("127.0.0.1"), 6379};
const std::string via_inside = "SIP/2.0/TCP x.invalid:6379;branch=z9hG4bKinside";

struct Proxied : Calls {
  explicit Proxied(const Settings& with = Bench::settings(true)) : Calls(with) {
    enrol(bob, "bob", "<" + bobs_contact + ">");
  }
  void lose_proxied() {
    relay.flow_closed(now, proxied.flow);
    drain();
  }
  bool has_spoken_inside() const {
    return std::any_of(sent.begin(), sent.end(), [](const auto& each) { return each.to.endpoint == inside; });
  }
};

}  // namespace

TEST_CASE("no response opens a connection into this machine for who came by a proxy on it (18.2.2)") {
  Proxied bench;
  bench.say(proxied, bench.write({.from = "sip:carol@example.net", .via = via_inside}));
  const auto message = bench.to(bob);
  bench.lose_proxied();
  bench.respond(message, 404);
  CHECK(Bench::status_of(bench.sent.back().bytes) == 404);
  CHECK_FALSE(bench.has_spoken_inside());
  bench.say(proxied, "MESSAGE sip:bob@example.org SIP/2.0\r\nVia: " + via_inside + "\r\n\r\n");
  CHECK(Bench::status_of(bench.sent.back().bytes) == 400);
  CHECK_FALSE(bench.has_spoken_inside());
}

TEST_CASE("no dialog opens a connection into this machine for who came by a proxy on it (12.2.1.1)") {
  Proxied bench;
  bench.say(proxied,
            bench.invite({.from = "sip:carol@example.net"}, "sip:carol@127.0.0.1:6379;transport=tcp"));
  const auto invite = bench.to(bob);
  bench.answer(invite, 200, bobs_contact, "bob");
  bench.sent.erase(bench.sent.begin());  // the 100
  Dialog ends = Calls::dialog(proxied, invite, bench.to(proxied));
  bench.say(bob, ends.callee.write("INFO"));
  CHECK(bench.to(proxied).bytes.starts_with("INFO "));
  bench.lose_proxied();
  for (const std::string method : {"INFO", "ACK", "BYE"}) bench.say(bob, ends.callee.write(method));
  CHECK_FALSE(bench.has_spoken_inside());
}

TEST_CASE("the operator's servers in this machine are answered by a connection of the relay's, too") {
  Settings settings = Bench::settings(true);
  settings.routes = {{"inside.example", inside}};
  Proxied bench(settings);
  bench.say(proxied, bench.write({.from = "sip:carol@inside.example", .via = via_inside}));
  const auto message = bench.to(bob);
  bench.lose_proxied();
  bench.respond(message, 404);
  CHECK(bench.has_spoken_inside());
}

}  // namespace loopback_test
