#include "bench.h"

namespace relay_test {

using namespace relay::test;

namespace {

const Peer browser = peer(Protocol::ws, 1);
const Peer stream = peer(Protocol::tcp, 2);
const Peer datagram = peer(Protocol::udp, 3);

}  // namespace

TEST_CASE("a double CRLF is a ping and gets a single one; over UDP it is only traffic (RFC 5626 4.4.1)") {
  Bench bench;
  for (const Peer& from : {browser, stream}) {
    bench.say(from, "\r\n\r\n");
    CHECK(bench.take().bytes == "\r\n");
    bench.say(from, "\r\n");
    CHECK(bench.sent.empty());
  }
  bench.say(datagram, "\r\n\r\n");
  CHECK(bench.sent.empty());
}

TEST_CASE("garbage ends a connection with a reason; a datagram of it is dropped") {
  Bench bench;
  bench.say(browser, "GET / HTTP/1.1\r\n\r\n");
  REQUIRE(bench.hangups.size() == 1);
  CHECK(bench.hangups[0].flow == browser.flow);
  CHECK(bench.hangups[0].why == "not a SIP message");
  bench.say(datagram, "garbage");
  CHECK(bench.hangups.size() == 1);
  CHECK(bench.sent.empty());
}

TEST_CASE("a frame holds one message and nothing else: 400 for a wrong Content-Length, the connection kept") {
  Bench bench;
  const std::string whole =
      bench.write({.method = "OPTIONS", .uri = "sip:example.org", .from = "sip:x@example.net"});
  bench.say(browser, whole + whole);
  CHECK(bench.take_status() == 400);
  CHECK(bench.hangups.empty());
  bench.say(browser,
            bench.write({.method = "OPTIONS", .uri = "sip:example.org", .from = "sip:x@example.net"}));
  CHECK(bench.take_status() == 200);
}

TEST_CASE("a stream that cannot be framed gets 400 and is hung up") {
  Bench bench;
  std::string text = bench.write({.method = "OPTIONS"});
  text.replace(text.find("Content-Length: 0"), 17, "Content-Length: x");
  bench.relay.receive_unframed(bench.now, stream, text);
  bench.drain();
  CHECK(bench.take_status() == 400);
  REQUIRE(bench.hangups.size() == 1);
}

TEST_CASE("a malformed request gets 400 where its header fields allow it; a malformed response nothing") {
  Bench bench;
  std::string request = bench.write({.method = "OPTIONS"});
  request.replace(request.find("CSeq: "), 6, "CSeq: y");
  bench.say(datagram, request);
  CHECK(bench.take_status() == 400);
  bench.say(datagram, "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\nCSeq: y\r\n\r\n");
  CHECK(bench.sent.empty());
}

TEST_CASE("a response goes to where the request came from, if it asks so, else to its sent-by") {
  Bench bench;
  const auto options = [&](const std::string& via) {
    return bench.write(
        {.method = "OPTIONS", .uri = "sip:example.org", .from = "sip:x@example.net", .via = via});
  };
  bench.say(datagram, options("SIP/2.0/UDP 10.0.0.1:5099;rport;branch=z9hG4bKa"));
  CHECK(bench.take().to.endpoint == datagram.endpoint);
  bench.say(datagram, options("SIP/2.0/UDP 10.0.0.1:5099;branch=z9hG4bKb"));
  const auto answer = bench.take();
  CHECK(answer.to.endpoint.port == 5099);
  CHECK(answer.to.endpoint.address == datagram.endpoint.address);
  CHECK(Bench::field(answer.bytes, HeaderName::via) ==
        "SIP/2.0/UDP 10.0.0.1:5099;received=198.51.100.3;branch=z9hG4bKb");
}

TEST_CASE("without authentication everyone is who they say") {
  Bench bench(false);
  bench.with_digest = false;
  CHECK(Bench::status_of(bench.enrol(browser, "zoe", "<sip:zoe@z.invalid>").bytes) == 200);
  bench.say(stream, bench.write({.uri = "sip:zoe@example.org", .from = "sip:alice@example.org"}));
  CHECK(bench.take().to.flow == browser.flow);
  CHECK(bench.questions == 0);
}

TEST_CASE("nothing is left to wait for once every transaction has ended") {
  Bench bench;
  bench.say(datagram, bench.write({.from = "sip:carol@example.net"}));
  bench.say(browser,
            bench.write({.method = "REGISTER", .uri = "sip:example.org", .to = "sip:alice@example.org"}));
  bench.advance(Milliseconds(40'000));
  CHECK_FALSE(bench.relay.deadline());
}

TEST_CASE("a store that is slow to answer is bridged by one 100 (RFC 4320 4.1)") {
  Bench bench;
  bench.store_is_slow = true;
  bench.say(datagram, bench.write({.from = "sip:carol@example.net"}));
  bench.advance(Milliseconds(3400));
  CHECK(bench.sent.empty());
  bench.advance(Milliseconds(200));
  CHECK(bench.take_status() == 100);
  bench.advance(Milliseconds(20'000));
  CHECK(bench.sent.empty());
}

}  // namespace relay_test
