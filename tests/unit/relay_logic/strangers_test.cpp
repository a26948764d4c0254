#include "dialog.h"

namespace strangers_test {

using namespace relay::test;

namespace {

const Peer bob = peer(Protocol::tcp, 2);
const Peer alice = peer(Protocol::ws, 1);
const Peer carol = peer(Protocol::tcp, 9);
const IpAddress friendly = *IpAddress::parse("203.0.113.9");
const std::string bob_contact = "sip:bob@198.51.100.2:5002;transport=tcp";
const std::string carol_uri = "sip:carol@198.51.100.9:5009;transport=tcp";

relay::Settings without_strangers() {
  relay::Settings settings = Bench::settings(true);
  settings.reachable_by = relay::Settings::ReachableBy::known;
  settings.trusted = {friendly};
  return settings;
}

/// Nobody reaches bob but who is known.
struct Quiet : Calls {
  Quiet() : Calls(without_strangers()) { enrol(bob, "bob", "<" + bob_contact + ">"); }

  Sketch from_carol(const std::string& method, const std::string& user) const {
    return {.method = method, .uri = "sip:" + user + "@example.org", .from = "sip:carol@example.net"};
  }
};

}  // namespace

TEST_CASE("where strangers are refused they reach nobody, whether there is such a user or not") {
  Quiet bench;
  for (const char* method : {"MESSAGE", "INVITE", "SUBSCRIBE"})
    for (const char* user : {"bob", "nobody"}) {
      CAPTURE(method, user);
      bench.say(carol, bench.write(bench.from_carol(method, user)));
      const auto refusal = bench.take().bytes;
      CHECK(refusal.starts_with("SIP/2.0 403 Strangers Are Refused\r\n"));
      CHECK(bench.sent.empty());
    }
}

TEST_CASE("who signs in reaches them, and so does who comes by a trusted server") {
  Quiet bench;
  bench.say_signed(alice, {.uri = "sip:bob@example.org"}, "alice");
  CHECK(bench.to(bob).bytes.starts_with("MESSAGE "));
  const Peer server{FlowId{900}, {Protocol::tcp, friendly, 5060}};
  bench.say(server, bench.write(bench.from_carol("MESSAGE", "bob")));
  CHECK(bench.to(bob).bytes.starts_with("MESSAGE "));
}

TEST_CASE("a stranger who was called goes on within the call, and begins nothing else by it") {
  Quiet bench;
  const Sketch call{.method = "INVITE",
                    .uri = carol_uri,
                    .from = "sip:bob@example.org",
                    .to = carol_uri,
                    .fields = "Contact: <" + bob_contact + ">\r\n"};
  bench.say_signed(bob, call, "bob");
  bench.to(bob);
  const auto invite = bench.to(carol);
  bench.answer(invite, 200, carol_uri, "carol");
  Dialog dialog = Calls::dialog(bob, invite, bench.to(bob));
  bench.say(invite.to, dialog.callee.write("INFO"));
  CHECK(bench.to(bob).bytes.starts_with("INFO "));
  dialog.callee.target = "sip:alice@example.org";
  bench.say(invite.to, dialog.callee.write("MESSAGE"));
  CHECK(bench.status_to(carol) == 403);
}

TEST_CASE("whether strangers are refused can change while the relay runs") {
  Quiet bench;
  bench.relay.adjust({});
  bench.say(carol, bench.write(bench.from_carol("MESSAGE", "bob")));
  CHECK(bench.to(bob).bytes.starts_with("MESSAGE "));
}

}  // namespace strangers_test
