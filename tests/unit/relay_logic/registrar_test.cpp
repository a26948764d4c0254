#include <algorithm>

#include "bench.h"

namespace registrar_test {

using namespace relay::test;

namespace {

const Peer browser = peer(Protocol::ws, 1);

std::string contacts(const std::string& response) {
  const auto view = MessageView::parse(response);
  REQUIRE(view);
  std::string all;
  ValueReader reader(*view, HeaderName::contact);
  while (const auto value = reader.next()) all += std::string(*value) + "\n";
  return all;
}

}  // namespace

TEST_CASE("a phone over UDP or TCP is challenged for MD5 alone, which every phone knows") {
  for (const Protocol protocol : {Protocol::udp, Protocol::tcp}) {
    Bench bench;
    bench.say(peer(protocol, 2),
              bench.write({.method = "REGISTER", .uri = "sip:example.org", .to = "sip:alice@example.org"}));
    const auto challenge = bench.take();
    CHECK(Bench::status_of(challenge.bytes) == 401);
    CHECK(challenge.bytes.find("algorithm=MD5") != std::string::npos);
    CHECK(challenge.bytes.find("SHA-256") == std::string::npos);
  }
}

TEST_CASE("a REGISTER without credentials is challenged for SHA-256 first, then MD5") {
  Bench bench;
  bench.say(browser,
            bench.write({.method = "REGISTER", .uri = "sip:example.org", .to = "sip:alice@example.org"}));
  const auto challenge = bench.take();
  CHECK(Bench::status_of(challenge.bytes) == 401);
  CHECK(challenge.to.flow == browser.flow);
  const auto sha = challenge.bytes.find("algorithm=SHA-256");
  const auto md5 = challenge.bytes.find("algorithm=MD5");
  CHECK(sha < md5);
  CHECK(md5 != std::string::npos);
  // docs/adr/0007: JsSIP and SIP.js keep the last alone.
  CHECK(challenge.bytes.find("WWW-Authenticate", md5) == std::string::npos);
  CHECK(bench.questions == 0);
}

TEST_CASE("a REGISTER is answered with every binding and what is left of it") {
  Bench bench;
  const std::string first =
      bench.enrol(browser, "alice", "<sip:alice@a.invalid;transport=ws>;expires=600").bytes;
  CHECK(contacts(first) == "<sip:alice@a.invalid;transport=ws>;expires=600\n");
  bench.advance(Milliseconds(100'000));
  bench.sent.clear();
  const std::string second =
      bench.enrol(peer(Protocol::udp, 2), "alice", "<sip:alice@198.51.100.2:5002>", "Expires: 300\r\n").bytes;
  CHECK(contacts(second) ==
        "<sip:alice@a.invalid;transport=ws>;expires=500\n<sip:alice@198.51.100.2:5002>;expires=300\n");
  CHECK(Bench::field(second, HeaderName::date) != "(absent)");
}

TEST_CASE("what is asked for is bounded: too short gets 423, too long is shortened") {
  Bench bench;
  const std::string brief = bench.enrol(browser, "alice", "<sip:a@a.invalid>;expires=5").bytes;
  CHECK(Bench::status_of(brief) == 423);
  CHECK(Bench::field(brief, HeaderName::min_expires) == "60");
  const std::string too_long = bench.enrol(browser, "alice", "<sip:a@a.invalid>;expires=99999").bytes;
  CHECK(contacts(too_long) == "<sip:a@a.invalid>;expires=3600\n");
}

TEST_CASE("expires=0 removes one binding, * removes all, and nothing lists without changing") {
  Bench bench;
  bench.enrol(browser, "alice", "<sip:a@a.invalid>, <sip:a@b.invalid>, <sip:a@c.invalid>");
  CHECK(contacts(bench.enrol(browser, "alice", "<sip:a@b.invalid>;expires=0").bytes) ==
        "<sip:a@a.invalid>;expires=3600\n<sip:a@c.invalid>;expires=3600\n");
  CHECK(Bench::status_of(bench.enrol(browser, "alice", "*").bytes) == 400);
  CHECK(Bench::status_of(bench.enrol(browser, "alice", "*", "Expires: 10\r\n").bytes) == 400);
  CHECK(Bench::status_of(bench.enrol(browser, "alice", "*, <sip:a@a.invalid>", "Expires: 0\r\n").bytes) ==
        400);
  bench.say_signed(browser, {.method = "REGISTER", .uri = "sip:example.org", .to = "sip:alice@example.org"},
                   "alice");
  CHECK(contacts(bench.take().bytes) == "<sip:a@a.invalid>;expires=3600\n<sip:a@c.invalid>;expires=3600\n");
  CHECK(contacts(bench.enrol(browser, "alice", "*", "Expires: 0\r\n").bytes).empty());
}

TEST_CASE("a request that fails changes nothing (10.3: all or none)") {
  Bench bench;
  bench.enrol(browser, "alice", "<sip:a@a.invalid>");
  CHECK(Bench::status_of(bench.enrol(browser, "alice", "<sip:a@b.invalid>, <mailto:a@b.c>").bytes) == 400);
  std::string many;
  for (int i = 0; i < 12; ++i) many += (i > 0 ? ", <sip:a" : "<sip:a") + std::to_string(i) + "@x.invalid>";
  CHECK(Bench::status_of(bench.enrol(browser, "alice", many).bytes) == 403);
  CHECK(contacts(bench.enrol(browser, "alice", "<sip:a@a.invalid>").bytes) ==
        "<sip:a@a.invalid>;expires=3600\n");
}

TEST_CASE("a Contact that points at the relay itself is refused: its messages would go round in circles") {
  Bench bench(false);
  bench.say(peer(Protocol::udp, 2), bench.write({.method = "REGISTER",
                                                 .uri = "sip:example.org",
                                                 .to = "sip:alice@example.org",
                                                 .fields = "Contact: <sip:a@192.0.2.1:5060>\r\n",
                                                 .via = "SIP/2.0/UDP 198.51.100.2:5002;branch=z9hG4bKloop"}));
  CHECK(bench.take_status() == 403);
}

TEST_CASE(
    "a client on the relay's own machine may have the number of one of its UDP ports for its WebSocket") {
  const Peer client{FlowId{7}, {Protocol::ws, *IpAddress::parse("192.0.2.1"), 5060}};
  auto settings = Bench::settings(true);
  settings.listeners = {settings.listeners.front()};
  Bench alone(settings);
  CHECK(Bench::status_of(alone.enrol(client, "alice", "<sip:alice@a.invalid>").bytes) == 200);
}

TEST_CASE("a device that reconnects replaces its binding, whatever Contact it has now (RFC 5626 6)") {
  Bench bench;
  const std::string device = ";+sip.instance=\"<urn:uuid:1>\";reg-id=1";
  bench.enrol(browser, "alice", "<sip:alice@a.invalid>" + device);
  const std::string again = bench
                                .enrol(peer(Protocol::ws, 2), "alice", "<sip:alice@b.invalid>" + device,
                                       "Supported: outbound, path\r\n")
                                .bytes;
  CHECK(contacts(again) == "<sip:alice@b.invalid>;+sip.instance=\"<urn:uuid:1>\";reg-id=1;expires=3600\n");
  CHECK(Bench::field(again, HeaderName::require) == "outbound");
}

TEST_CASE("bindings end with the WebSocket that made them, and with their time") {
  Bench bench;
  bench.enrol(browser, "bob", "<sip:bob@a.invalid>");
  bench.enrol(peer(Protocol::udp, 2), "bob", "<sip:bob@198.51.100.2:5002>;expires=60");
  bench.relay.flow_closed(bench.now, browser.flow);
  bench.drain();
  bench.say(peer(Protocol::udp, 9), bench.write({.from = "sip:carol@example.net"}));
  REQUIRE(bench.sent.size() == 1);
  CHECK(bench.take().to.endpoint == peer(Protocol::udp, 2).endpoint);
  bench.advance(Milliseconds(60'000));
  bench.sent.clear();
  bench.say(peer(Protocol::udp, 9), bench.write({.from = "sip:carol@example.net"}));
  CHECK(bench.take_status() == 480);
}

TEST_CASE("an older request with the same Call-ID does not undo a newer one") {
  Bench bench(false);
  const auto request = [&](const std::string& cseq, const std::string& expires) {
    return "REGISTER sip:example.org SIP/2.0\r\nVia: SIP/2.0/WS k.invalid;branch=z9hG4bK" + cseq + expires +
           "\r\nFrom: <sip:alice@example.org>;tag=1\r\nTo: <sip:alice@example.org>\r\nCall-ID: "
           "same\r\nCSeq: " +
           cseq + " REGISTER\r\nContact: <sip:a@a.invalid>;expires=" + expires +
           "\r\nContent-Length: 0\r\n\r\n";
  };
  bench.say(browser, request("5", "600"));
  CHECK(bench.take_status() == 200);
  bench.say(browser, request("4", "0"));
  CHECK(bench.take_status() == 500);
  bench.say(browser, request("6", "0"));
  CHECK(contacts(bench.take().bytes).empty());
}

TEST_CASE("nobody registers in another one's name or with a wrong password") {
  Bench bench;
  const Sketch sketch{.method = "REGISTER",
                      .uri = "sip:example.org",
                      .to = "sip:bob@example.org",
                      .fields = "Contact: <sip:x@x.invalid>\r\n"};
  bench.say_signed(browser, sketch, "alice");
  CHECK(bench.take_status() == 403);
  bench.say_signed(browser, sketch, "bob", "wrong");
  CHECK(bench.take_status() == 401);
  bench.say_signed(browser, sketch, "nobody");
  CHECK(bench.take_status() == 401);
}

TEST_CASE("a REGISTER for another domain, or for no user, is not taken") {
  Bench bench;
  bench.say(browser,
            bench.write({.method = "REGISTER", .uri = "sip:example.net", .to = "sip:alice@example.net"}));
  CHECK(bench.take_status() == 403);
  bench.say(browser,
            bench.write({.method = "REGISTER", .uri = "sip:example.org", .to = "sip:alice@example.net"}));
  CHECK(bench.take_status() == 404);
  bench.say(browser, bench.write({.method = "REGISTER", .uri = "sip:example.org", .to = "sip:example.org"}));
  CHECK(bench.take_status() == 404);
}

TEST_CASE("a store that fails is said to, not taken for a wrong password") {
  Bench bench;
  bench.store_fails = true;
  CHECK(Bench::status_of(bench.enrol(browser, "alice", "<sip:a@a.invalid>").bytes) == 500);
}

TEST_CASE("a Contact may stand twice in one request") {
  Bench bench;
  CHECK(contacts(bench.enrol(browser, "alice", "<sip:a@a.invalid>;expires=600, <sip:a@a.invalid>;expires=300")
                     .bytes) == "<sip:a@a.invalid>;expires=300\n");
}

TEST_CASE("a Contact or Path that leads to this machine or link alone is reached where it came from") {
  const Peer phone = GENERATE(peer(Protocol::tcp, 3), peer(Protocol::udp, 3));
  const Peer neighbour{FlowId{150}, {Protocol::tcp, *IpAddress::parse("127.0.0.1"), 40'000}};
  const auto reached = [](const Peer& from, const std::string& host, const std::string& fields = {}) {
    Bench bench(false);
    const std::string transport(via_transport(from.endpoint.protocol));
    bench.say(from, bench.write({.method = "REGISTER",
                                 .uri = "sip:example.org",
                                 .from = "sip:bob@example.org",
                                 .to = "sip:bob@example.org",
                                 .fields = "Contact: <sip:bob@" + host + ":6379>\r\n" + fields,
                                 .via = "SIP/2.0/" + transport + " phone.invalid;branch=z9hG4bKp"}));
    CHECK(bench.take_status() == 200);
    const Endpoint& endpoint = bench.relay.location().bindings("bob").front().target.endpoint;
    return endpoint.address.host() + ":" + std::to_string(endpoint.port);
  };
  for (const char* host : {"127.0.0.1", "[::1]", "169.254.169.254", "0.0.0.0", "224.0.1.75"})
    CHECK(reached(phone, host) == "198.51.100.3:5003");
  CHECK(reached(phone, "198.51.100.3") == "198.51.100.3:6379");
  CHECK(reached(phone, "10.0.0.1") == "10.0.0.1:6379");
  const std::string path = "Supported: path\r\nPath: <sip:127.0.0.1:6379;lr>\r\n";
  CHECK(reached(phone, "198.51.100.3", path) == "198.51.100.3:5003");
  // A proxy on this machine has anybody come from there.
  for (const char* host : {"127.0.0.1", "127.0.0.2"}) CHECK(reached(neighbour, host) == "127.0.0.1:40000");
}

TEST_CASE("who comes by a TCP proxy on this machine leads nothing to its other ports when they have gone") {
  Bench bench;
  const Peer proxied{FlowId{7}, {Protocol::tcp, *IpAddress::parse("127.0.0.1"), 40'000}};
  bench.enrol(proxied, "bob", "<sip:bob@127.0.0.1:6379;transport=tcp>");
  bench.relay.flow_closed(bench.now, proxied.flow);
  bench.drain();
  bench.say(browser, bench.write({.from = "sip:carol@example.net"}));
  CHECK(std::none_of(bench.sent.begin(), bench.sent.end(),
                     [](const auto& each) { return each.to.endpoint.port == 6379; }));
}

TEST_CASE("over UDP a user has few Contacts at other addresses than their REGISTERs have come from") {
  Bench bench;
  const Peer phone = peer(Protocol::udp, 2);
  int cseq = 0;
  const auto enrolled = [&](const std::string& contact, const std::string& fields = {}) {
    bench.say_signed(phone,
                     {.method = "REGISTER",
                      .uri = "sip:example.org",
                      .from = "sip:bob@example.org",
                      .to = "sip:bob@example.org",
                      .fields = "Contact: <" + contact + ">\r\n" + fields,
                      .via = "SIP/2.0/UDP 198.51.100.2:5002;branch=z9hG4bK" + std::to_string(++cseq)},
                     "bob");
    return bench.take().bytes;
  };
  const auto is_taken = [&](const std::string& contact, const std::string& fields = {}) {
    return Bench::status_of(enrolled(contact, fields)) == 200;
  };
  for (std::size_t i = 0; i < relay::Registrar::max_elsewhere; ++i)
    CHECK(is_taken("sip:bob@203.0.113.66:" + std::to_string(53 + i)));
  CHECK(enrolled("sip:bob@203.0.113.66:5060").starts_with("SIP/2.0 403 Too Many Contacts\r\n"));
  CHECK(enrolled("sip:bob@203.0.113.77").starts_with("SIP/2.0 403 Too Many Contacts\r\n"));
  const std::string path = "Supported: path\r\nPath: <sip:203.0.113.66:99;lr>\r\n";
  CHECK_FALSE(is_taken("sip:bob@198.51.100.2:5004", path));
  // Whoever is there has asked for it.
  CHECK(is_taken("sip:bob@198.51.100.2:5004"));
  CHECK(is_taken("sip:bob@203.0.113.66:53"));
  CHECK(Bench::status_of(bench.enrol(browser, "bob", "<sip:bob@b.invalid>").bytes) == 200);
  CHECK(is_taken("sip:bob@203.0.113.66:53", "Expires: 0\r\n"));
  CHECK(is_taken("sip:bob@203.0.113.77"));
}

}  // namespace registrar_test
