#include "bench.h"
#include "message/mandatory_headers.h"
#include "message/uri.h"

namespace refusal_test {

using namespace relay::test;

namespace {

const Peer stranger = peer(Protocol::udp, 9);
const Peer browser = peer(Protocol::ws, 3);
const Peer stream = peer(Protocol::tcp, 4);
const Peer phone = peer(Protocol::udp, 2);

struct Open : Bench {
  Open() : Bench(false) { with_digest = false; }
  int status_for(const Peer& from, const std::string& text) {
    sent.clear();
    say(from, text);
    return take_status();
  }
};

const Sketch from_stranger{.from = "sip:carol@example.net"};

Sketch with_fields(const std::string& fields) {
  Sketch sketch = from_stranger;
  sketch.fields = fields;
  return sketch;
}

}  // namespace

TEST_CASE("what is past a limit gets 513, and the connection goes on (21.5.7)") {
  Open bench;
  std::string many;
  for (std::size_t i = 0; i < max_header_fields; ++i) many += "X: y\r\n";
  std::string routes = "Route: <sip:r;lr>";
  for (std::size_t i = 0; i < max_list_values; ++i) routes += ",<sip:r;lr>";
  Sketch big = from_stranger;
  big.body = std::string(max_message_size, 'x');
  for (const Peer& from : {stranger, browser, stream}) {
    CHECK(bench.status_for(from, bench.write(with_fields(many))) == 513);
    CHECK(bench.status_for(from, bench.write(with_fields(routes + "\r\n"))) == 513);
    CHECK(bench.status_for(
              from, bench.write(
                        with_fields("Subject: " + std::string(max_header_field_size, 's') + "\r\n"))) == 513);
    CHECK(bench.status_for(from, bench.write(big)) == 513);
  }
  CHECK(bench.hangups.empty());
}

TEST_CASE("a stream whose message is too large for its framer gets 513 and is closed") {
  Open bench;
  Sketch big = from_stranger;
  big.body = std::string(max_message_size, 'x');
  const std::string whole = bench.write(big);
  bench.relay.receive_unframed(bench.now, stream, whole.substr(0, whole.find("\r\n\r\n") + 4));
  bench.drain();
  CHECK(bench.take_status() == 513);
  CHECK(bench.hangups.size() == 1);
}

TEST_CASE("a Request-URI past its limit gets 414, a malformed one 400, whatever the method") {
  Open bench;
  const std::string method = GENERATE("MESSAGE", "INVITE", "X-NEW");
  CAPTURE(method);
  Sketch sketch = from_stranger;
  sketch.method = method;
  sketch.to = "sip:bob@example.org";
  sketch.uri = "sip:" + std::string(max_uri_size, 'b') + "@example.org";
  CHECK(bench.status_for(stranger, bench.write(sketch)) == 414);
  sketch.uri = "<sip:bob@example.org>";
  CHECK(bench.status_for(stranger, bench.write(sketch)) == 400);
}

TEST_CASE("a method that no RFC knows gets 501 from the relay itself, and is forwarded to users (21.5.2)") {
  Open bench;
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.2:7000>");
  Sketch sketch = from_stranger;
  sketch.method = "X-NEW";
  bench.say(stranger, bench.write(sketch));
  CHECK(bench.take().to.endpoint == phone.endpoint);
  sketch.uri = "sip:example.org";
  bench.say(stranger, bench.write(sketch));
  const auto answer = bench.take();
  CHECK(Bench::status_of(answer.bytes) == 501);
  CHECK(Bench::field(answer.bytes, HeaderName::allow) != "(absent)");
}

TEST_CASE("REGISTER for another scheme than sip and sips gets 400 (10.2)") {
  Open bench;
  for (const std::string to : {"isbn:2983792873", "im:bob@example.org", "tel:+15551234"})
    CHECK(bench.status_for(phone, bench.write({.method = "REGISTER",
                                               .uri = "sip:example.org",
                                               .from = "sip:bob@example.org",
                                               .to = to})) == 400);
}

TEST_CASE("a refusal without a transaction goes where 18.2.2 says") {
  Open bench;
  Sketch sketch = from_stranger;
  sketch.method = "INVITE";
  sketch.via = "SIP/2.0/UDP 10.0.0.1:5099;branch=z9hG4bKa";
  bench.say(stranger, bench.write(sketch));
  CHECK(bench.take().to.endpoint.port == 5099);
  sketch.via = "SIP/2.0/UDP 10.0.0.1:5099;rport;branch=z9hG4bKb";
  bench.say(stranger, bench.write(sketch));
  CHECK(bench.take().to == stranger);
}

TEST_CASE("an im URI is resolved by the relay: to our user, or to a SIP URI elsewhere (RFC 3428 5)") {
  Bench bench;
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.2:7000>");
  Sketch sketch = from_stranger;
  sketch.uri = "im:b%6fb@Example.org";
  bench.say(stranger, bench.write(sketch));
  const auto delivered = bench.take();
  CHECK(delivered.to.endpoint == phone.endpoint);
  CHECK(delivered.bytes.starts_with("MESSAGE sip:bob@198.51.100.2:7000 SIP/2.0\r\n"));
  CHECK(delivered.bytes.find("To: <im:b%6fb@Example.org>\r\n") != std::string::npos);

  bench.say_signed(browser, {.uri = "im:dave@203.0.113.5"}, "alice");
  const auto left = bench.take();
  CHECK(left.to.endpoint == Endpoint{Protocol::udp, *IpAddress::parse("203.0.113.5"), 5060});
  CHECK(left.bytes.starts_with("MESSAGE sip:dave@203.0.113.5 SIP/2.0\r\n"));

  bench.say_signed(browser, {.uri = "im:nobody@example.org"}, "alice");
  CHECK(bench.take_status() == 404);
  sketch.uri = "im:bob@example.org?subject=x";
  bench.say(stranger, bench.write(sketch));
  CHECK(bench.take_status() == 416);
}

TEST_CASE("who writes as im:somebody of our domain has to prove it like one who writes as sip:somebody") {
  Bench bench;
  bench.enrol(phone, "bob", "<sip:bob@198.51.100.2:7000>");
  bench.say(stranger, bench.write({.from = "im:alice@example.org"}));
  CHECK(bench.take_status() == 407);
  bench.say_signed(browser, {.from = "im:alice@example.org"}, "alice");
  CHECK(bench.take().to.endpoint == phone.endpoint);
  bench.say_signed(browser, {.from = "im:bob@example.org"}, "alice");
  CHECK(bench.take_status() == 403);
}

}  // namespace refusal_test
