#include "edge.h"

namespace dialog_identity_test {

using namespace relay::test;

namespace {

/// Has an account of ours, bob's, and more connections than one.
const Peer bob = peer(Protocol::tcp, 2);
const Peer stranger = peer(Protocol::tcp, 3);
const Peer alice = peer(Protocol::ws, 1);
const std::string bob_contact = "sip:bob@198.51.100.2:5002;transport=tcp";
const std::string stranger_contact = "sip:x@198.51.100.3:5003;transport=tcp";

std::string with_call_id(std::string request, const std::string& call_id) {
  const std::size_t at = request.find("Call-ID: ") + 9;
  return request.replace(at, request.find('\r', at) - at, call_id);
}

std::string with_from_tag(std::string request, const std::string& tag) {
  return request.replace(request.find(";tag=f\r\n") + 5, 1, tag);
}

struct Strange : Calls {
  Strange() : Calls(true) {
    enrol(bob, "bob", "<" + bob_contact + ">");
    enrol(alice, "alice", "<sip:a@a.invalid;transport=ws>");
  }

  /// The values of Record-Route, the callee's first, of a stranger's call that reaches bob in any name.
  std::vector<std::string> call_bob_as(const std::string& to, const std::string& tag,
                                       const std::string& further_via = {}) {
    const std::string via = "SIP/2.0/TCP 198.51.100.3:5003;branch=z9hG4bKi" + tag + further_via;
    const Sketch sketch{.uri = "sip:bob@example.org", .from = "sip:x@far.example", .to = to, .via = via};
    say(stranger, with_from_tag(with_call_id(invite(sketch, stranger_contact), "same"), tag));
    const auto routes = values(to_peer(bob), HeaderName::record_route);
    sent.clear();
    REQUIRE(routes.size() == 2);
    return routes;
  }
  std::string to_peer(const Peer& wanted) { return to(wanted).bytes; }
};

}  // namespace

TEST_CASE("who is called by another's name does not speak in that name without a password") {
  Strange bench;
  const auto first = bench.call_bob_as("sip:alice@example.org", "1");
  const auto second = bench.call_bob_as("sip:alice@example.org", "2");
  DialogEnd end{bob,    "<sip:alice@example.org>;tag=2", "<sip:alice@example.org>;tag=1",
                "same", "sip:alice@example.org",         {first[0], second[0]}};
  bench.say(bob, end.write("MESSAGE"));
  CHECK(bench.status_to(bob) == 403);
  CHECK(bench.sent.empty());
}

TEST_CASE("nor does it lead such a name out of our domain") {
  Strange bench;
  const std::string proxy_behind = "\r\nVia: SIP/2.0/TCP 198.51.100.3:1;branch=z9hG4bKq";
  const auto routes = bench.call_bob_as("sip:alice@example.org", "1", proxy_behind);
  DialogEnd end{bob,    "<sip:alice@example.org>;tag=b", "<sip:x@far.example>;tag=1",
                "same", "sip:victim@203.0.113.66",       routes};
  bench.say(bob, end.write("MESSAGE"));
  CHECK(bench.status_to(bob) == 407);
  CHECK(bench.sent.empty());
}

TEST_CASE("a caller who changes the callee's name within the dialog gives them no other") {
  Strange bench;
  const auto routes = bench.call_bob_as("sip:bob@example.org", "1");
  DialogEnd caller{stranger,    "<sip:x@far.example>;tag=1", "<sip:alice@example.org>;tag=b", "same",
                   bob_contact, {routes[1], routes[0]}};
  bench.say(stranger, caller.write("INVITE", "Contact: <" + stranger_contact + ">\r\n"));
  const auto again = values(bench.to_peer(bob), HeaderName::record_route);
  bench.sent.clear();
  DialogEnd callee{bob,    "<sip:alice@example.org>;tag=b", "<sip:x@far.example>;tag=1",
                   "same", "sip:victim@203.0.113.66",       again};
  bench.say(bob, callee.write("MESSAGE"));
  CHECK(bench.status_to(bob) == 407);
  CHECK(bench.sent.empty());
}

TEST_CASE("a foreign name that a user takes on within a dialog leads nowhere but to its other end") {
  Strange bench;
  const std::string contact = "Contact: <sip:a@a.invalid;transport=ws>\r\n";
  bench.say_signed(alice, {.method = "INVITE", .fields = contact}, "alice");
  bench.to(alice);
  const auto invite = bench.to(bob);
  bench.answer(invite, 200, bob_contact, "bob");
  Dialog ends = Calls::dialog(alice, invite, bench.to(alice));
  bench.sent.clear();
  ends.caller.local = "<sip:ceo@bank.example>;tag=f";
  bench.say(alice, ends.caller.write("INVITE", contact));
  const auto renamed = values(bench.to_peer(bob), HeaderName::record_route);
  bench.sent.clear();
  // A call of hers to another domain, of the same Call-ID and tag.
  Sketch sketch{.method = "INVITE", .uri = "sip:z@203.0.113.44", .fields = contact};
  bench.say(alice, with_call_id(bench.write(sketch), ends.caller.call_id));
  const auto challenge = bench.to(alice);
  DigestClient client({"alice", "secret"}, Random(seed_from(77)));
  REQUIRE(client.challenged(*MessageView::parse(challenge.bytes), {}) == DigestClient::Verdict::retry);
  for (const auto& field : client.sign({.method = "INVITE", .uri = sketch.uri, .body = {}}).fields)
    sketch.fields += std::string(to_text(field.name)) + ": " + field.value + "\r\n";
  bench.say(alice, with_call_id(bench.write(sketch), ends.caller.call_id));
  bench.to(alice);
  const auto outward = values(bench.take().bytes, HeaderName::record_route);
  DialogEnd end{alice,
                "<sip:ceo@bank.example>;tag=f",
                "<sip:z@203.0.113.44>;tag=z",
                ends.caller.call_id,
                "sip:victim@203.0.113.66",
                {renamed[1], outward[0]}};
  bench.say(alice, end.write("MESSAGE"));
  CHECK(bench.status_to(alice) == 403);
  CHECK(bench.sent.empty());
}

TEST_CASE("whoever knows a client's Path does not become one of our users by it") {
  Edge bench;
  const Peer other = peer(Protocol::tcp, 7);
  bench.enrol(bob, "bob", "<" + bob_contact + ">");
  const std::string path = bench.path(bench.browser, bench.device);
  bench.say(other, bench.invite({.uri = "sip:dave@k3.invalid",
                                 .from = "sip:alice@example.org",
                                 .to = "sip:bob@example.org",
                                 .fields = "Route: " + path + "\r\n",
                                 .via = "SIP/2.0/TCP 198.51.100.7:5007;branch=z9hG4bKb1"},
                                "sip:a@198.51.100.7:5007;transport=tcp"));
  const auto got = bench.to(bench.browser);
  bench.sent.clear();
  auto routes = values(got.bytes, HeaderName::record_route);
  std::reverse(routes.begin(), routes.end());
  DialogEnd end{other,
                Bench::field(got.bytes, HeaderName::from),
                "<sip:bob@example.org>;tag=any",
                Bench::field(got.bytes, HeaderName::call_id),
                "sip:bob@example.org",
                routes};
  bench.say(other, end.write("MESSAGE"));
  CHECK(bench.status_to(other) == 407);
  CHECK(bench.sent.empty());
}

}  // namespace dialog_identity_test
