#include "edge.h"

namespace edge_proxy_test {

using namespace relay::test;

namespace {

const Peer phone = peer(Protocol::udp, 8);
const std::string message_to_erin = "sip:erin@example.net";

bool is_path_of_ours(const std::string& value) {
  return value.starts_with("<sip:flow-") && value.find("@192.0.2.1:5060;transport=tcp;lr") != value.npos;
}

}  // namespace

TEST_CASE("a REGISTER of another domain goes to its server, with our Path (RFC 3327 5.2, RFC 5626 5.1)") {
  Edge bench;
  const auto sent = bench.registration(
      bench.browser, bench.device,
      bench.supported + "Authorization: Digest username=\"dave\", realm=\"example.net\", nonce=\"n\"\r\n");
  CHECK(sent.to.endpoint == bench.upstream);
  CHECK(sent.bytes.starts_with("REGISTER sip:example.net SIP/2.0\r\n"));
  const auto path = values(sent.bytes, HeaderName::path);
  REQUIRE(path.size() == 1);
  CHECK(is_path_of_ours(path.front()));
  CHECK(path.front().ends_with(";lr;ob>"));
  CHECK(Bench::field(sent.bytes, HeaderName::require) == "path");
  CHECK(Bench::field(sent.bytes, HeaderName::route) == "(absent)");
  CHECK(Bench::field(sent.bytes, HeaderName::authorization).find("realm=\"example.net\"") !=
        std::string::npos);
  CHECK(bench.questions == 0);
}

TEST_CASE(
    "where the server is reached by what is not listened on, the Path is of another transport that is") {
  relay::Settings settings = Edge::with({{"example.net", "sip:203.0.113.5;transport=tls"}});
  const IpAddress own = *IpAddress::parse("192.0.2.1");
  settings.listeners = {{Protocol::wss, own, 443}, {Protocol::udp, own, 5060}};
  const auto path_with = [&] {
    Edge bench(settings);
    return bench.path(peer(Protocol::wss, 1), bench.device);
  };
  CHECK(path_with().ends_with("@192.0.2.1:5060;lr;ob>"));
  settings.listeners.push_back({Protocol::tcp, own, 5070});
  CHECK(path_with().ends_with("@192.0.2.1:5070;transport=tcp;lr;ob>"));
  settings.listeners.push_back({Protocol::tls, own, 5061});
  CHECK(path_with().ends_with("@192.0.2.1:5061;transport=tls;lr;ob>"));
  settings.upstreams = {{"example.net", "sip:203.0.113.5;transport=tcp"}};
  settings.listeners.erase(settings.listeners.end() - 2);
  CHECK(path_with().ends_with("@192.0.2.1:5061;transport=tls;lr;ob>"));
}

TEST_CASE("what the server says to a REGISTER goes to the client as it is (RFC 3608 6.2, RFC 5626 5.4)") {
  Edge bench;
  const auto sent = bench.registration(bench.browser, bench.device, bench.supported);
  const auto view = MessageView::parse(sent.bytes);
  SECTION("a challenge") {
    Message challenge = Message::response_to(*view, 401, "s");
    challenge.add(HeaderName::www_authenticate, "Digest realm=\"example.net\", nonce=\"n\"");
    bench.say(sent.to, challenge.finish());
    const auto got = bench.to(bench.browser);
    CHECK(Bench::status_of(got.bytes) == 401);
    CHECK(Bench::field(got.bytes, HeaderName::www_authenticate) ==
          "Digest realm=\"example.net\", nonce=\"n\"");
  }
  SECTION("a registration") {
    Message answer = Message::response_to(*view, 200, "s");
    answer.add(HeaderName::service_route, "<sip:203.0.113.5;transport=tcp;lr>");
    answer.add(HeaderName::flow_timer, "25");
    answer.add(HeaderName::require, "outbound");
    bench.say(sent.to, answer.finish());
    const auto got = bench.to(bench.browser);
    CHECK(Bench::status_of(got.bytes) == 200);
    CHECK(Bench::field(got.bytes, HeaderName::service_route) == "<sip:203.0.113.5;transport=tcp;lr>");
    CHECK(Bench::field(got.bytes, HeaderName::flow_timer) == "25");
    CHECK(Bench::field(got.bytes, HeaderName::require) == "outbound");
  }
  CHECK(bench.relay.location().size() == 0);
}

TEST_CASE("who does not know of paths cannot be reached behind an edge: 421 (RFC 3327 5.2)") {
  Edge bench;
  const auto refusal = bench.registration(bench.browser, bench.device, "Supported: outbound\r\n");
  CHECK(refusal.to.flow == bench.browser.flow);
  CHECK(Bench::status_of(refusal.bytes) == 421);
  CHECK(Bench::field(refusal.bytes, HeaderName::require) == "path");
}

TEST_CASE("a REGISTER that has no hop left, or whose server is not to be found, ends here") {
  Edge bench({{"example.net", "sip:server.example.net"}});
  CHECK(Bench::status_of(bench.registration(bench.browser, bench.device, bench.supported).bytes) == 404);
  std::string last = bench.write({.method = "REGISTER",
                                  .uri = "sip:example.net",
                                  .from = "sip:dave@example.net",
                                  .fields = bench.supported});
  bench.say(bench.browser, last.replace(last.find("Max-Forwards: 70"), 16, "Max-Forwards: 0"));
  CHECK(bench.take_status() == 483);
}

TEST_CASE("ob is said by the first hop of a flow that is registered as such (RFC 5626 5.1)") {
  Edge bench;
  CHECK(bench.path(peer(Protocol::tcp, 2), bench.device).ends_with(";lr;ob>"));
  CHECK(bench.path(bench.browser, {}).ends_with(";lr>"));
  CHECK(bench.path(phone, bench.device).ends_with(";lr;ob>"));
  CHECK(bench.path(phone, {}).ends_with(";lr>"));
  const std::string further =
      "SIP/2.0/TCP p1.example.net;branch=z9hG4bKp1\r\nVia: SIP/2.0/WS k3.invalid;branch=z9hG4bKu";
  CHECK(bench.path(peer(Protocol::tcp, 2), bench.device, further).ends_with(";lr>"));
}

TEST_CASE("what the server sends down is not counted against it as one stranger's") {
  relay::Settings settings = Edge::with({{"example.net", "sip:203.0.113.5;transport=tcp"}});
  settings.limits.messages = {1, Seconds(60)};
  Edge bench(settings);
  const std::string path = bench.path(bench.browser, bench.device);
  for (int i = 0; i < 3; ++i) {
    bench.from_server(path);
    CHECK(MessageView::parse(bench.take().bytes)->is_request());
  }
  // Outside of a Path it is a stranger like any other.
  const auto answered = [&] {
    bench.say(bench.server, bench.write({.from = "sip:erin@example.net"}));
    return bench.take_status();
  };
  CHECK(answered() == 480);
  CHECK(answered() == 503);
}

TEST_CASE("our Path goes before that of proxies behind us, and is asked for once") {
  Edge bench;
  const auto sent = bench.registration(
      peer(Protocol::tcp, 2), bench.device,
      bench.supported + "Require: path\r\nPath: <sip:p1.example.net;lr>\r\n",
      "SIP/2.0/TCP p1.example.net;branch=z9hG4bKp1\r\nVia: SIP/2.0/WS k3.invalid;branch=z9hG4bKu");
  const auto path = values(sent.bytes, HeaderName::path);
  REQUIRE(path.size() == 2);
  CHECK(is_path_of_ours(path.front()));
  CHECK(path.back() == "<sip:p1.example.net;lr>");
  CHECK(values(sent.bytes, HeaderName::require) == std::vector<std::string>{"path"});
}

TEST_CASE("a request with our Path goes down the flow that it names (RFC 5626 5.3.1)") {
  Edge bench;
  const std::string path = bench.path(bench.browser, bench.device);
  bench.from_server(path);
  const auto got = bench.to(bench.browser);
  CHECK(got.to.flow == bench.browser.flow);
  CHECK(got.bytes.starts_with("MESSAGE sip:dave@k3.invalid SIP/2.0\r\n"));
  CHECK(Bench::field(got.bytes, HeaderName::route) == "(absent)");
  bench.respond(got, 200);
  CHECK(bench.status_to(bench.server) == 200);
  // In the name of our own user, by way of the server, who has asked them who they are.
  bench.say(bench.server, bench.write({.uri = "sip:dave@k3.invalid", .fields = "Route: " + path + "\r\n"}));
  CHECK(bench.to(bench.browser).bytes.starts_with("MESSAGE "));
}

TEST_CASE("a phone over UDP behind the edge is reached at the address that it registered from") {
  Edge bench;
  bench.from_server(bench.path(phone, {}));
  CHECK(bench.to(phone).to == phone);
}

TEST_CASE("a Path that was tampered with is 403, whatever was changed (RFC 5626 5.3.1)") {
  Edge bench;
  std::string path = bench.path(bench.browser, bench.device);
  SECTION("another flow") {
    char& last = path[path.find('@') - 1];
    last = last == '1' ? '2' : '1';
  }
  SECTION("another signature") {
    char& first = path[path.find("flow-") + 5];
    first = first == '1' ? '2' : '1';
  }
  SECTION("of another relay") {
    path = "<sip:flow-0123456789abcdef0123-w65@192.0.2.1:5060;transport=tcp;lr;ob>";
  }
  bench.from_server(path);
  CHECK(bench.status_to(bench.server) == 403);
  CHECK(bench.sent.empty());
}

TEST_CASE("a flow that is gone is told at once: 430, or 480 where it was no outbound registration") {
  Edge bench;
  const auto status = [&](const std::string& params) {
    const std::string path = bench.path(bench.browser, params);
    bench.relay.flow_closed(bench.now, bench.browser.flow);
    bench.from_server(path);
    const auto lost = bench.to(bench.browser);
    // Nothing else may be tried, such as the address that the connection came from.
    CHECK(lost.to.endpoint.port == 0);
    bench.relay.unreachable(bench.now, lost.to);
    bench.drain();
    return bench.status_to(bench.server);
  };
  CHECK(status(bench.device) == 430);
  CHECK(status({}) == 480);
}

TEST_CASE(
    "what a client sends goes to its server, wherever it is meant for, and nobody here asks who it is") {
  Edge bench;
  for (const std::string uri : {"sip:erin@example.net", "sip:zoe@far.example", "im:zoe@far.example"}) {
    bench.say(bench.browser, bench.write({.uri = uri, .from = "sip:dave@example.net"}));
    const auto sent = bench.take();
    CHECK(sent.to.endpoint == bench.upstream);
    bench.respond(sent, 407);
    CHECK(bench.status_to(bench.browser) == 407);
  }
  CHECK(bench.lookups.empty());
  CHECK(bench.questions == 0);
}

TEST_CASE("a Service-Route is followed: our value is taken off, the others go on (RFC 3608 6.1)") {
  Edge bench;
  bench.say(bench.browser, bench.write({.uri = message_to_erin,
                                        .from = "sip:dave@example.net",
                                        .fields = "Route: <sip:192.0.2.1:80;transport=ws;lr>, "
                                                  "<sip:203.0.113.5;transport=tcp;lr>, "
                                                  "<sip:inner.example.net;lr>\r\n"}));
  const auto sent = bench.take();
  CHECK(sent.to.endpoint == bench.upstream);
  CHECK(values(sent.bytes, HeaderName::route) ==
        std::vector<std::string>{"<sip:203.0.113.5;transport=tcp;lr>", "<sip:inner.example.net;lr>"});
}

TEST_CASE("a client with its own Path for a Route is on its way out (RFC 5626 5.3)") {
  Edge bench;
  const std::string path = bench.path(bench.browser, bench.device);
  bench.say(bench.browser, bench.write({.uri = message_to_erin,
                                        .from = "sip:dave@example.net",
                                        .fields = "Route: " + path + "\r\n"}));
  const auto sent = bench.take();
  CHECK(sent.to.endpoint == bench.upstream);
  CHECK(Bench::field(sent.bytes, HeaderName::route) == "(absent)");
}

TEST_CASE("a client reaches nobody but its server: a Route to elsewhere is for that to judge") {
  Edge bench;
  bench.say(bench.browser, bench.write({.uri = "sip:victim@203.0.113.66",
                                        .from = "sip:dave@example.net",
                                        .fields = "Route: <sip:203.0.113.66;lr>\r\n"}));
  REQUIRE(bench.sent.size() == 1);
  CHECK(bench.take().to.endpoint == bench.upstream);
  // Others, or others' names, reach nothing.
  bench.say(bench.browser, bench.write({.uri = message_to_erin, .from = "sip:x@far.example"}));
  CHECK(bench.take_status() == 403);
  bench.say(bench.browser, bench.write({.method = "REGISTER",
                                        .uri = "sip:far.example",
                                        .from = "sip:x@far.example",
                                        .fields = bench.supported}));
  CHECK(bench.take_status() == 403);
  // In the name of our own domain a password is asked for, as ever.
  bench.say(bench.browser, bench.write({.uri = message_to_erin}));
  CHECK(bench.take_status() == 407);
}

TEST_CASE("clients of the other domain reach our own users as anybody does") {
  Edge bench;
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.8:5008>");
  bench.say(bench.browser, bench.write({.from = "sip:dave@example.net"}));
  CHECK(bench.take().to.endpoint == phone.endpoint);
}

TEST_CASE("our own users reach the other domain by its server, too") {
  Edge bench;
  bench.say_signed(peer(Protocol::ws, 3), {.uri = message_to_erin}, "alice");
  CHECK(bench.take().to.endpoint == bench.upstream);
}

TEST_CASE("a server may be that of any other domain, and one that is named goes before it") {
  Edge bench({{"*", "sip:203.0.113.6"}, {"example.net", "sip:203.0.113.5"}});
  const auto goes_to = [&](const std::string& from) {
    bench.say(bench.browser, bench.write({.uri = message_to_erin, .from = from}));
    return bench.take().to.endpoint.address.text();
  };
  CHECK(goes_to("sip:x@far.example") == "203.0.113.6");
  CHECK(goes_to("sip:dave@EXAMPLE.net") == "203.0.113.5");
  CHECK(goes_to("sip:dave@example.net.") == "203.0.113.5");
}

TEST_CASE("the servers of other domains may change while the relay runs") {
  Edge bench;
  bench.relay.adjust({.upstreams = {{"far.example", "sip:203.0.113.7"}}});
  bench.say(bench.browser, bench.write({.uri = message_to_erin, .from = "sip:dave@example.net"}));
  CHECK(bench.take_status() == 403);
  bench.say(bench.browser, bench.write({.uri = message_to_erin, .from = "sip:x@far.example"}));
  CHECK(bench.take().to.endpoint.address.text() == "203.0.113.7");
}

TEST_CASE(
    "a REGISTER for another server speaks for none of our users, whom nobody has shown to be (RFC 3325 "
    "9.1)") {
  const std::string claims_to_be_alice = "sip:alice@example.org";
  relay::Settings settings = Edge::with({{"example.net", "sip:registrar.example.net"}});
  settings.trusted = {*IpAddress::parse("203.0.113.5")};
  Edge bench(settings);
  bench.zone.address("registrar.example.net", "203.0.113.5");
  const auto claim = [&] {
    bench.say(bench.browser, bench.write({.method = "REGISTER",
                                          .uri = "sip:example.net",
                                          .from = claims_to_be_alice,
                                          .to = "sip:dave@example.net",
                                          .fields = "Contact: <sip:dave@k3.invalid>\r\n" + bench.supported}));
  };
  SECTION("to that server") {
    claim();
    const auto sent = bench.take();
    REQUIRE(sent.bytes.starts_with("REGISTER "));
    CHECK(Bench::field(sent.bytes, HeaderName::p_asserted_identity) == "(absent)");
  }
  SECTION("nor in what they may have under way") {
    bench.dns_is_slow = true;
    for (int i = 0; i < 500; ++i) claim();
    bench.sent.clear();
    bench.say_signed(peer(Protocol::ws, 2), {.uri = "sip:erin@elsewhere.example"}, "alice");
    CHECK(bench.sent.empty());
  }
}

}  // namespace edge_proxy_test
