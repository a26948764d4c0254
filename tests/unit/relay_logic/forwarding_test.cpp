#include "bench.h"

namespace forwarding_test {

using namespace relay::test;

namespace {

const Peer phone = peer(Protocol::udp, 2);
const Peer stranger = peer(Protocol::udp, 9);
const Peer alice = peer(Protocol::tcp, 1);
const Sketch from_stranger{.from = "sip:carol@example.net", .body = "hello"};

/// A relay that authenticates nobody, with bob on a UDP phone.
struct Open : Bench {
  Open() : Bench(false) {
    with_digest = false;
    enrol(phone, "bob", "<sip:bob@198.51.100.2:7000>");
  }
  /// What is forwarded of a request from bob's own domain.
  relay::Relay::SendTo forwarded(const Sketch& sketch) {
    say(alice, write(sketch));
    return take();
  }
};

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a method that the relay does not know is forwarded like any other (16.3 step 1)") {
  Open bench;
  for (const char* method : {"SUBSCRIBE", "INFO", "X-NEW"}) {
    CAPTURE(method);
    const auto forwarded = bench.forwarded({.method = method});
    CHECK(forwarded.to.endpoint == phone.endpoint);
    bench.respond(forwarded, 501);
    CHECK(bench.take_status() == 501);
  }
}

TEST_CASE("a request without Max-Forwards leaves with 70 (16.6 step 3)") {
  Open bench;
  bench.say(stranger, replaced(bench.write(from_stranger), "Max-Forwards: 70\r\n", ""));
  CHECK(Bench::field(bench.take().bytes, HeaderName::max_forwards) == "70");
}

TEST_CASE("the relay's own Via names the transport, its address, and asks for rport over UDP (16.6 step 8)") {
  Open bench;
  bench.enrol(peer(Protocol::ws, 3), "bob", "<sip:bob@b.invalid;transport=ws>");
  bench.say(stranger, bench.write(from_stranger));
  const std::string to_phone = bench.take().bytes;
  const std::string to_browser = bench.take().bytes;
  CHECK(has(Bench::field(to_phone, HeaderName::via), "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"));
  CHECK(has(Bench::field(to_phone, HeaderName::via), ";rport"));
  CHECK(has(Bench::field(to_browser, HeaderName::via), "SIP/2.0/WS 192.0.2.1:80;branch=z9hG4bK"));
  CHECK_FALSE(has(Bench::field(to_browser, HeaderName::via), ";rport"));
  CHECK(Bench::field(to_phone, HeaderName::via) != Bench::field(to_browser, HeaderName::via));
}

TEST_CASE("a Route that led here is removed, and the next one tells where to go (16.4, 16.6 step 7)") {
  Open bench;
  const auto forwarded =
      bench.forwarded({.uri = "sip:dave@example.net",
                       .fields = "Route: <sip:192.0.2.1:5060;lr>, <sip:203.0.113.7:5070;lr>\r\n"});
  CHECK(forwarded.to.endpoint == Endpoint{Protocol::udp, *IpAddress::parse("203.0.113.7"), 5070});
  CHECK(Bench::field(forwarded.bytes, HeaderName::route) == "<sip:203.0.113.7:5070;lr>");
  CHECK(has(forwarded.bytes, "MESSAGE sip:dave@example.net SIP/2.0\r\n"));
}

TEST_CASE("a strict router finds itself in the Request-URI, and the target at the end (16.6 step 6)") {
  Open bench;
  const auto forwarded =
      bench.forwarded({.uri = "sip:dave@example.net;user=x",
                       .fields = "Route: <sip:192.0.2.1:5060;lr>\r\nRoute: <sip:203.0.113.7:5070;a=b>\r\n"
                                 "Route: <sip:far.example.net;lr>\r\n"});
  CHECK(forwarded.to.endpoint == Endpoint{Protocol::udp, *IpAddress::parse("203.0.113.7"), 5070});
  CHECK(has(forwarded.bytes, "MESSAGE sip:203.0.113.7:5070;a=b SIP/2.0\r\n"));
  CHECK(Bench::field(forwarded.bytes, HeaderName::route) ==
        "<sip:far.example.net;lr>, <sip:dave@example.net;user=x>");
}

TEST_CASE("a strict router behind another router is that one's to deal with (16.6 step 6)") {
  Open bench;
  const std::string routes = "<sip:203.0.113.7:5070;lr>, <sip:far.example.net>";
  const auto forwarded =
      bench.forwarded({.uri = "sip:dave@example.net", .fields = "Route: " + routes + "\r\n"});
  CHECK(has(forwarded.bytes, "MESSAGE sip:dave@example.net SIP/2.0\r\n"));
  CHECK(Bench::field(forwarded.bytes, HeaderName::route) == routes);
}

TEST_CASE("a large request leaves over TCP, also where its URI says UDP (18.1.1)") {
  Open bench;
  const std::string body(1300, 'x');
  for (const char* uri : {"sip:dave@203.0.113.5", "sip:dave@203.0.113.5;transport=udp"}) {
    const auto forwarded = bench.forwarded({.uri = uri, .body = body});
    CHECK(forwarded.to.endpoint.protocol == Protocol::tcp);
    CHECK(has(forwarded.bytes, "Via: SIP/2.0/TCP "));
  }
}

TEST_CASE(
    "past so many bytes that wait for answers a request gets 503 with Retry-After, until some are answered") {
  relay::Settings settings = Bench::settings(false);
  settings.max_forwarded_bytes = 28'000;
  Bench bench(settings);
  bench.with_digest = false;
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.2:5002>");
  int strangers = 20;
  const auto say = [&] {
    Sketch sketch = from_stranger;
    sketch.body = std::string(900, 'x');
    bench.say(peer(Protocol::udp, ++strangers), bench.write(sketch));
  };
  std::vector<relay::Relay::SendTo> waiting;
  for (int i = 0; i < 4; ++i) {
    say();
    waiting.push_back(bench.take());
    CHECK(waiting.back().bytes.starts_with("MESSAGE "));
  }
  say();
  const auto refusal = bench.take();
  CHECK(Bench::status_of(refusal.bytes) == 503);
  CHECK(Bench::field(refusal.bytes, HeaderName::retry_after) == "5");
  bench.respond(waiting[2], 200);
  CHECK(bench.take_status() == 200);
  say();
  CHECK(bench.take().bytes.starts_with("MESSAGE "));
  say();
  CHECK(bench.take_status() == 503);
}

TEST_CASE(
    "one sender holds a quarter of those bytes at most: a user wherever they are, a stranger by address") {
  relay::Settings settings = Bench::settings(true);
  settings.max_forwarded_bytes = 68'000;
  Bench bench(settings);
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.2:5002>");
  const auto is_forwarded = [&](const Sketch& sketch, int place) {
    if (sketch.from == from_stranger.from) {
      bench.say(peer(Protocol::udp, place), bench.write(sketch));
    } else {
      bench.say_signed(peer(Protocol::udp, place), sketch, "alice");
    }
    const std::string said = bench.take().bytes;
    if (said.starts_with("INVITE ")) return true;
    if (Bench::status_of(said) == 100) return bench.take().bytes.starts_with("INVITE ");
    CHECK(Bench::status_of(said) == 503);
    return false;
  };
  const Sketch stranger_calls{.method = "INVITE", .from = from_stranger.from, .body = std::string(900, 'x')};
  const Sketch alice_calls{.method = "INVITE", .body = std::string(900, 'x')};
  int of_alice = 0;
  while (is_forwarded(alice_calls, 30 + of_alice % 3)) ++of_alice;
  int of_stranger = 0;
  while (is_forwarded(stranger_calls, 30)) ++of_stranger;
  for (const int calls : {of_alice, of_stranger}) {
    CHECK(calls >= 3);
    CHECK(calls <= 6);
  }
  CHECK(is_forwarded(stranger_calls, 34));
  CHECK_FALSE(is_forwarded(stranger_calls, 30));
  CHECK_FALSE(is_forwarded(alice_calls, 33));
  Sketch escaped = alice_calls;
  for (const char* name : {"%61lice", "a%6cice"}) {
    escaped.from = "sip:" + std::string(name) + "@example.org";
    CHECK_FALSE(is_forwarded(escaped, 33));
  }
}

TEST_CASE("strangers at whatever addresses hold half of those bytes together, and leave the rest to users") {
  relay::Settings settings = Bench::settings(true);
  settings.max_forwarded_bytes = 68'000;
  Bench bench(settings);
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.2:5002>");
  int calls = 0;
  for (int network = 0; network < 60; ++network) {
    const Peer caller{FlowId{static_cast<std::uint64_t>(500 + network)},
                      {Protocol::tcp, *IpAddress::parse("2001:db8:0:" + std::to_string(network) + "::1"), 9}};
    bench.say(caller,
              bench.write({.method = "INVITE", .from = from_stranger.from, .body = std::string(900, 'x')}));
    calls += bench.sent.back().bytes.starts_with("INVITE ") ? 1 : 0;
  }
  CHECK(calls >= 6);
  CHECK(calls <= 12);
  bench.sent.clear();
  bench.say_signed(peer(Protocol::ws, 1), {.body = "hello"}, "alice");
  CHECK(bench.take().bytes.starts_with("MESSAGE "));
}

TEST_CASE("provisional responses go no further than the relay (RFC 4320 4.1)") {
  Open bench;
  bench.say(stranger, bench.write(from_stranger));
  const auto forwarded = bench.take();
  for (const int status : {100, 180, 183}) bench.respond(forwarded, status);
  CHECK(bench.sent.empty());
  bench.respond(forwarded, 200);
  CHECK(bench.take_status() == 200);
}

TEST_CASE("a 408 is no answer to pass on (RFC 4320 4.2)") {
  Open bench;
  bench.say(stranger, bench.write(from_stranger));
  bench.respond(bench.take(), 408);
  CHECK(bench.sent.empty());
  bench.advance(Milliseconds(64'000));
  CHECK(bench.sent.empty());
}

TEST_CASE(
    "a response whose topmost Via is not the relay's, or that is cut short, is dropped (18.1.2, 18.3)") {
  Open bench;
  bench.say(stranger, bench.write(from_stranger));
  const auto forwarded = bench.take();
  const std::string response = Message::response_to(*MessageView::parse(forwarded.bytes), 200, "t").finish();
  bench.say(phone, replaced(response, "SIP/2.0/UDP 192.0.2.1:5060", "SIP/2.0/UDP 192.0.2.99:5060"));
  bench.say(phone, replaced(response, "Content-Length: 0", "Content-Length: 9"));
  CHECK(bench.sent.empty());
  bench.say(phone, response);
  CHECK(bench.take_status() == 200);
}

TEST_CASE("a phone that does not ask for rport is reached at its Contact") {
  Open bench;
  bench.say(phone, bench.write({.method = "REGISTER",
                                .uri = "sip:example.org",
                                .to = "sip:zoe@example.org",
                                .fields = "Contact: <sip:zoe@203.0.113.8:7000>\r\n",
                                .via = "SIP/2.0/UDP 198.51.100.2:5002;branch=z9hG4bKr"}));
  REQUIRE(bench.take_status() == 200);
  bench.say(stranger, bench.write({.uri = "sip:zoe@example.org", .from = "sip:carol@example.net"}));
  CHECK(bench.take().to.endpoint == Endpoint{Protocol::udp, *IpAddress::parse("203.0.113.8"), 7000});
}

TEST_CASE("an escaped user is the same user (10.3 step 5)") {
  Open bench;
  bench.say(stranger, bench.write({.uri = "sip:%62o%62@EXAMPLE.org;x=y", .from = "sip:carol@example.net"}));
  CHECK(bench.take().to.endpoint == phone.endpoint);
  CHECK(has(bench.enrol(peer(Protocol::ws, 3), "%62ob", "<sip:bob@b.invalid>").bytes,
            "<sip:bob@198.51.100.2:7000>"));
}

TEST_CASE("credentials for other realms go on, those for the relay do not (22.3)") {
  Open bench;
  const std::string theirs = "Digest username=\"alice\", realm=\"elsewhere\"";
  const auto forwarded =
      bench.forwarded({.fields = "Proxy-Authorization: Digest username=\"alice\", realm=\"example.org\"\r\n"
                                 "Proxy-Authorization: " +
                                 theirs + "\r\n"});
  CHECK(Bench::field(forwarded.bytes, HeaderName::proxy_authorization) == theirs);
  CHECK_FALSE(has(forwarded.bytes, "realm=\"example.org\""));
}

TEST_CASE("what a Request-URI may not hold is taken off before it leaves (16.6 step 2)") {
  Open bench;
  bench.enrol(phone, "zoe", "<sip:zoe@198.51.100.2:7000;method=INVITE?Route=%3Csip:203.0.113.9%3E>");
  CHECK(has(bench.forwarded({.uri = "sip:zoe@example.org"}).bytes,
            "MESSAGE sip:zoe@198.51.100.2:7000 SIP/2.0\r\n"));
  CHECK(has(bench.forwarded({.uri = "sip:dave@203.0.113.5?Route=%3Csip:203.0.113.9%3E"}).bytes,
            "MESSAGE sip:dave@203.0.113.5 SIP/2.0\r\n"));
}

TEST_CASE("what is asked for by SIPS is not sent in clear (16.6 step 7)") {
  Open bench;
  CHECK(Bench::status_of(bench.forwarded({.uri = "sips:bob@example.org"}).bytes) == 480);
}

TEST_CASE(
    "a request that comes back with another Route is a spiral, one with another method the same loop (RFC "
    "5393 4.2.1)") {
  Open bench;
  bench.say(stranger, bench.write(from_stranger));
  std::string back = bench.take().bytes;
  back = replaced(back, "sip:bob@198.51.100.2:7000", "sip:bob@example.org");
  const std::string via = "Via: SIP/2.0/UDP 198.51.100.2:7000;branch=z9hG4bK";
  const auto returned = [&](const std::string& branch) {
    std::string text = back;
    text.insert(text.find("Via:"), via + branch + "\r\n");
    return text;
  };
  bench.say(phone, replaced(returned("spiral"), "From:", "Route: <sip:192.0.2.1:5060;lr>\r\nFrom:"));
  CHECK(bench.take().to.endpoint == phone.endpoint);
  const std::string other = replaced(returned("loop"), "MESSAGE sip:bob", "INFO sip:bob");
  bench.say(phone, replaced(other, " MESSAGE\r\n", " INFO\r\n"));
  CHECK(bench.take_status() == 482);
}

TEST_CASE("SIP-Version is known in any case and written in upper case (7.1)") {
  Open bench;
  bench.say(stranger, replaced(bench.write(from_stranger), " SIP/2.0\r\n", " sip/2.0\r\n"));
  CHECK(has(bench.take().bytes, "MESSAGE sip:bob@198.51.100.2:7000 SIP/2.0\r\n"));
}

TEST_CASE("what a CANCEL requires is ignored (8.2.2.3)") {
  Open bench;
  CHECK(Bench::status_of(bench.forwarded({.method = "CANCEL", .fields = "Proxy-Require: foo\r\n"}).bytes) ==
        481);
}

}  // namespace forwarding_test
