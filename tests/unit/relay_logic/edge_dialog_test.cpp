#include "edge.h"

namespace edge_dialog_test {

using namespace relay::test;

namespace {

const std::string dave_contact = "sip:dave@k3.invalid";
const std::string server_contact = "sip:erin@203.0.113.5:5060;transport=tcp";

/// The server has called dave, who has answered.
struct Called : Edge {
  explicit Called(const relay::Settings& settings = with({{"example.net", "sip:203.0.113.5;transport=tcp"}}))
      : Edge(settings) {
    from_server(path(browser, device), "INVITE", "Contact: <" + server_contact + ">\r\n");
    to(server);
    const auto invite = to(browser);
    answer(invite, 200, dave_contact, "dave");
    ends = dialog(server, invite, to(server));
    ends.callee.peer = browser;
  }
  Dialog ends;
};

/// Dave has called somebody by his server.
struct Calling : Edge {
  Calling() {
    say(browser, invite({.uri = "sip:erin@example.net", .from = "sip:dave@example.net"}, dave_contact));
    to(browser);
    const auto sent = take();
    answer(sent, 200, server_contact, "erin");
    ends = dialog(browser, sent, to(browser));
  }
  Dialog ends;
};

}  // namespace

TEST_CASE("a call that came down the edge goes on both ways (RFC 5626 5.3.1)") {
  Called bench;
  bench.say(bench.server, bench.ends.caller.write("ACK"));
  CHECK(bench.to(bench.browser).bytes.starts_with("ACK "));
  bench.say(bench.server, bench.ends.caller.write("BYE"));
  CHECK(bench.to(bench.browser).to.flow == bench.browser.flow);
  bench.say(bench.browser, bench.ends.callee.write("BYE"));
  const auto bye = bench.take();
  CHECK(bye.to.endpoint == bench.upstream);
  CHECK(Bench::field(bye.bytes, HeaderName::route) == "(absent)");
}

TEST_CASE("a call that went up the edge goes on both ways") {
  Calling bench;
  bench.say(bench.browser, bench.ends.caller.write("ACK"));
  CHECK(bench.take().to.endpoint == bench.upstream);
  bench.say(bench.browser, bench.ends.caller.write("BYE"));
  CHECK(bench.take().to.endpoint == bench.upstream);
  bench.say(bench.server, bench.ends.callee.write("BYE"));
  CHECK(bench.to(bench.browser).bytes.starts_with("BYE "));
}

TEST_CASE("a password that a client guesses within a dialog is counted like any other") {
  relay::Settings settings = Edge::with({{"example.net", "sip:203.0.113.5;transport=tcp"}});
  settings.limits.wrong_passwords = {3, Seconds(60)};
  Called bench(settings);
  const std::string guess =
      "Proxy-Authorization: Digest username=\"dave\", realm=\"example.net\", nonce=\"n\", "
      "uri=\"sip:erin@203.0.113.5\", response=\"r\"\r\n";
  for (int i = 0; i < 3; ++i) {
    bench.say(bench.browser, bench.ends.callee.write("INFO", guess));
    const auto sent = bench.take();
    Message response = Message::response_to(*MessageView::parse(sent.bytes), 407, "s");
    response.add(HeaderName::proxy_authenticate, "Digest realm=\"example.net\", nonce=\"n\"");
    bench.say(sent.to, response.finish());
    CHECK(bench.status_to(bench.browser) == 407);
  }
  bench.say(bench.browser, bench.ends.callee.write("INFO", guess));
  CHECK(bench.status_to(bench.browser) == 503);
}

TEST_CASE("a dialog opens no way to anybody else for a client of another domain") {
  Calling bench;
  bench.ends.caller.target = "sip:victim@203.0.113.66";
  bench.ends.caller.routes.emplace_back("<sip:203.0.113.66;lr>");
  bench.say(bench.browser, bench.ends.caller.write("INFO"));
  REQUIRE(bench.sent.size() == 1);
  CHECK(bench.take().to.endpoint == bench.upstream);
  bench.say(bench.browser, bench.ends.caller.write("ACK"));
  CHECK(bench.take().to.endpoint == bench.upstream);
}

TEST_CASE("a client that was called by a name of no domain with a server ends at the edge") {
  Edge bench;
  const std::string path = bench.path(bench.browser, bench.device);
  bench.say(bench.server, bench.write({.method = "INVITE",
                                       .uri = dave_contact,
                                       .from = "sip:erin@example.net",
                                       .to = "sip:sales@far.example",
                                       .fields = "Route: " + path + "\r\nContact: <sip:erin@far.example>\r\n",
                                       .via = "SIP/2.0/TCP 203.0.113.5;branch=z9hG4bKs\r\nVia: SIP/2.0/UDP "
                                              "198.51.100.9;branch=z9hG4bKe"}));
  bench.to(bench.server);
  const auto invite = bench.to(bench.browser);
  bench.answer(invite, 200, dave_contact, "dave");
  Dialog ends = Calls::dialog(bench.server, invite, bench.to(bench.server));
  ends.callee.peer = bench.browser;
  bench.say(bench.browser, ends.callee.write("INFO"));
  REQUIRE(bench.sent.size() == 1);
  CHECK(bench.status_to(bench.browser) == 403);
}

TEST_CASE("the Routes of two dialogs of a stranger do not add up to a way to anybody else") {
  Calls bench(true);
  const Peer bob = peer(Protocol::udp, 2);
  const Peer carol = peer(Protocol::udp, 9);
  bench.enrol(bob, "bob", "<sip:bob@198.51.100.2:5002>");
  const auto routes = [&](const std::string& from, const std::string& via) {
    std::string invite = bench.invite({.from = from, .via = via}, "sip:carol@198.51.100.9:5009");
    const std::size_t at = invite.find("Call-ID: ") + 9;
    bench.say(carol, invite.replace(at, invite.find('\r', at) - at, "same"));
    bench.to(carol);
    const auto got = bench.to(bob);
    bench.answer(got, 200, "sip:bob@198.51.100.2:5002", "bob");
    return values(bench.to(carol).bytes, HeaderName::record_route);
  };
  const auto direct = routes("sip:carol@example.net", {});
  const auto further = routes(
      "sip:mallory@example.net",
      "SIP/2.0/UDP 198.51.100.9:5009;branch=z9hG4bKp\r\nVia: SIP/2.0/UDP 198.51.100.9:1;branch=z9hG4bKm");
  DialogEnd end{carol,  "<sip:carol@example.net>;tag=f", "<sip:mallory@example.net>;tag=1",
                "same", "sip:victim@203.0.113.66",       {direct.back(), further.back()}};
  bench.say(carol, end.write("MESSAGE"));
  REQUIRE(bench.sent.size() == 1);
  CHECK(bench.status_to(carol) == 403);
}

}  // namespace edge_dialog_test
