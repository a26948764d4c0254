#include "bench.h"

namespace proxy_test {

using namespace relay::test;

namespace {

const Peer alice = peer(Protocol::ws, 1);
const Peer phone = peer(Protocol::udp, 2);
const Peer stranger = peer(Protocol::udp, 9);
const Sketch from_stranger{.from = "sip:carol@example.net", .body = "hello"};

/// bob registered with this many UDP phones at peers 2, 3, ...
void enrol_phones(Bench& bench, int count) {
  for (int i = 2; i < 2 + count; ++i)
    bench.enrol(peer(Protocol::udp, i), "bob", "<sip:bob@198.51.100." + std::to_string(i) + ":7000>");
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("a MESSAGE of our user is authenticated, forwarded, and its answer brought back") {
  Bench bench;
  enrol_phones(bench, 1);
  bench.say_signed(alice, {.fields = "X-Unknown:  kept as it is\r\n", .body = "hello"}, "alice");
  const auto forwarded = bench.take();
  CHECK(forwarded.to.endpoint == phone.endpoint);
  const auto view = MessageView::parse(forwarded.bytes);
  REQUIRE(view);
  CHECK(view->request_uri() == "sip:bob@198.51.100.2:7000");
  CHECK(Bench::field(forwarded.bytes, HeaderName::max_forwards) == "69");
  CHECK(Bench::field(forwarded.bytes, HeaderName::proxy_authorization) == "(absent)");
  CHECK(Bench::field(forwarded.bytes, HeaderName::record_route) == "(absent)");
  CHECK(view->value(HeaderName::via)->starts_with("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"));
  CHECK(count(forwarded.bytes, "Via:") == 2);
  CHECK(count(forwarded.bytes, ";received=198.51.100.1;rport=5001;") == 1);
  CHECK(count(forwarded.bytes, "X-Unknown:  kept as it is\r\n") == 1);
  CHECK(view->body() == "hello");

  bench.respond(forwarded, 200);
  const auto answer = bench.take();
  CHECK(answer.to.flow == alice.flow);
  CHECK(Bench::status_of(answer.bytes) == 200);
  CHECK(count(answer.bytes, "Via:") == 1);
  CHECK(count(answer.bytes, ";tag=phone") == 1);
}

TEST_CASE("strangers reach our users, and nothing else") {
  Bench bench;
  enrol_phones(bench, 1);
  bench.say(stranger, bench.write(from_stranger));
  CHECK(bench.take().to.endpoint == phone.endpoint);
  bench.say(stranger, bench.write({.uri = "sip:dave@203.0.113.5", .from = "sip:carol@example.net"}));
  CHECK(bench.take_status() == 403);
  bench.say(stranger, bench.write({.from = "sip:alice@example.org"}));
  CHECK(bench.take_status() == 407);
}

TEST_CASE("nobody writes in another one's name") {
  Bench bench;
  enrol_phones(bench, 1);
  bench.say_signed(alice, {.from = "sip:bob@example.org"}, "alice");
  CHECK(bench.take_status() == 403);
}

TEST_CASE("an unknown user is 404, a known one without a device 480") {
  Bench bench;
  bench.say_signed(alice, {.uri = "sip:nobody@example.org"}, "alice");
  CHECK(bench.take_status() == 404);
  bench.say(stranger, bench.write(from_stranger));
  CHECK(bench.take_status() == 480);
}

TEST_CASE("every device gets the request; the first 2xx goes back at once, and no other") {
  Bench bench;
  enrol_phones(bench, 3);
  bench.say(stranger, bench.write(from_stranger));
  REQUIRE(bench.sent.size() == 3);
  const auto first = bench.take();
  const auto second = bench.take();
  const auto third = bench.take();
  bench.respond(first, 486);
  CHECK(bench.sent.empty());
  bench.respond(second, 200);
  CHECK(bench.take_status() == 200);
  bench.respond(third, 603);
  CHECK(bench.sent.empty());
}

TEST_CASE("of several refusals the best one goes back (16.7 step 6)") {
  struct Case {
    std::vector<int> received;
    int sent;
  };
  const Case cases[] = {{{486, 603}, 603}, {{503, 486}, 486}, {{500, 404}, 404}, {{404, 415}, 415},
                        {{503, 503}, 500}, {{302, 404}, 302}, {{408, 480}, 480}};
  for (const Case& c : cases) {
    CAPTURE(c.received, c.sent);
    Bench bench;
    enrol_phones(bench, 2);
    bench.say(stranger, bench.write(from_stranger));
    const auto first = bench.take();
    const auto second = bench.take();
    bench.respond(first, c.received[0]);
    CHECK(bench.sent.empty());
    bench.respond(second, c.received[1]);
    CHECK(bench.take_status() == c.sent);
  }
}

TEST_CASE(
    "a phone that does not answer: 100 after 3.5 seconds, never a 408, and a late answer goes nowhere") {
  Bench bench;
  enrol_phones(bench, 1);
  bench.say(stranger, bench.write(from_stranger));
  const auto forwarded = bench.take();
  std::vector<int> statuses;
  for (int i = 0; i < 400; ++i) {
    bench.advance(Milliseconds(100));
    for (const auto& sent : bench.sent)
      if (sent.to.endpoint == stranger.endpoint) statuses.push_back(Bench::status_of(sent.bytes));
    bench.sent.clear();
    if (i == 33) CHECK(statuses.empty());
    if (i == 35) CHECK(statuses == std::vector<int>{100});
  }
  CHECK(statuses == std::vector<int>{100});
  bench.respond(forwarded, 200);
  CHECK(bench.sent.empty());
}

TEST_CASE("a repeated request is absorbed, and answered with the answer it had") {
  Bench bench;
  enrol_phones(bench, 1);
  const std::string request = bench.write(from_stranger);
  bench.say(stranger, request);
  const auto forwarded = bench.take();
  bench.say(stranger, request);
  CHECK(bench.sent.empty());
  bench.respond(forwarded, 200);
  const auto answer = bench.take();
  bench.say(stranger, request);
  CHECK(bench.take().bytes == answer.bytes);
}

TEST_CASE("a WebSocket that closes under a request fails it with 480 at once") {
  Bench bench;
  const Peer browser = peer(Protocol::ws, 3);
  bench.enrol(browser, "bob", "<sip:bob@b.invalid>");
  bench.say(stranger, bench.write(from_stranger));
  CHECK(bench.take().to.flow == browser.flow);
  bench.relay.flow_closed(bench.now, browser.flow);
  bench.drain();
  CHECK(bench.take_status() == 480);
}

TEST_CASE("what 16.3 checks") {
  Bench bench;
  const auto status_for = [&](std::string text) {
    bench.sent.clear();
    bench.say(stranger, text);
    return bench.take_status();
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = bench.write(from_stranger);
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
  };
  CHECK(status_for(with("Max-Forwards: 70", "Max-Forwards: 0")) == 483);
  CHECK(status_for(with("SIP/2.0\r\n", "SIP/3.0\r\n")) == 505);
  CHECK(status_for(with("MESSAGE sip:bob@example.org", "MESSAGE tel:+81312345678")) == 416);
  CHECK(status_for(with("Max-Forwards: 70", "Proxy-Require: foo")) == 420);
  CHECK(status_for(bench.write({.method = "CANCEL"})) == 481);
  CHECK(status_for(bench.write(
            {.method = "OPTIONS", .uri = "sip:example.org", .from = "sip:x@example.net"})) == 200);
  CHECK(status_for(bench.write({.uri = "sip:example.org", .from = "sip:x@example.net"})) == 404);
}

TEST_CASE("a request that comes back to the same target is a loop") {
  Bench bench(false);
  bench.with_digest = false;
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.2:7000>");
  bench.say(stranger, bench.write(from_stranger));
  const auto forwarded = bench.take();
  // The phone sends it back to where it came from, with a Via of its own on top.
  std::string back = forwarded.bytes;
  back.replace(back.find("sip:bob@198.51.100.2:7000"), 25, "sip:bob@example.org");
  back.insert(back.find("Via:"), "Via: SIP/2.0/UDP 198.51.100.2:7000;branch=z9hG4bKloop\r\n");
  bench.say(phone, back);
  CHECK(bench.take_status() == 482);
}

TEST_CASE("our users write to addresses elsewhere; where nobody is to be reached it is 500") {
  Bench bench;
  bench.say_signed(alice, {.uri = "sip:dave@203.0.113.5:5070"}, "alice");
  const auto forwarded = bench.take();
  CHECK(forwarded.to.endpoint == Endpoint{Protocol::udp, *IpAddress::parse("203.0.113.5"), 5070});
  bench.relay.unreachable(bench.now, forwarded.to);
  bench.drain();
  CHECK(bench.take_status() == 500);
}

TEST_CASE(
    "a MESSAGE that does not fit a datagram goes by TCP, and is 513 where nobody takes that (18.1.1, RFC "
    "3428 "
    "8)") {
  Bench bench;
  enrol_phones(bench, 1);
  Sketch sketch = from_stranger;
  sketch.body = std::string(1200, 'x');
  bench.say(peer(Protocol::tcp, 9), bench.write(sketch));
  const auto stream = bench.take();
  CHECK(stream.to.endpoint.protocol == Protocol::tcp);
  CHECK(Bench::field(stream.bytes, HeaderName::via).starts_with("SIP/2.0/TCP "));
  SECTION("somebody listens there") {
    bench.respond(stream, 200);
    CHECK(bench.take_status() == 200);
  }
  SECTION("nobody does") {
    bench.relay.unreachable(bench.now, stream.to);
    bench.drain();
    CHECK(bench.take_status() == 513);
  }
  CHECK(bench.sent.empty());
}

TEST_CASE("a device that has a connection as well gets by that what is too large for a datagram (18.1.1)") {
  Bench bench;
  const std::string instance = ">;+sip.instance=\"<urn:uuid:1>\"";
  const Peer connection = peer(Protocol::tcp, 3);
  bench.enrol(connection, "bob", "<sip:bob@198.51.100.3:5003;transport=tcp" + instance);
  bench.enrol(peer(Protocol::udp, 2), "bob", "<sip:bob@198.51.100.2:5002" + instance);
  Sketch sketch = from_stranger;
  bench.say(peer(Protocol::tcp, 9), bench.write(sketch));
  CHECK(bench.take().to.endpoint.protocol == Protocol::udp);
  CHECK(bench.sent.empty());
  sketch.body = std::string(1200, 'x');
  bench.say(peer(Protocol::tcp, 9), bench.write(sketch));
  const auto large = bench.take();
  CHECK(large.to == connection);
  CHECK(large.bytes.starts_with("MESSAGE sip:bob@198.51.100.3:5003;transport=tcp "));
  CHECK(bench.sent.empty());
}

}  // namespace proxy_test
