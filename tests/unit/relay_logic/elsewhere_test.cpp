#include "elsewhere.h"

namespace elsewhere_test {

using namespace relay;
using namespace relay::test;

namespace {

std::string branch(const Relay::SendTo& sent) {
  const auto via = Via::parse(MessageView::parse(sent.bytes)->value(HeaderName::via).value_or(""));
  REQUIRE(via);
  return std::string(via->branch());
}

}  // namespace

TEST_CASE("a message to another domain goes to the server that the DNS names (16.6 step 7)") {
  Open bench;
  bench.write_to("sip:dave@example.net");
  const auto sent = bench.take();
  CHECK(where(sent) == "TCP 203.0.113.1:5060");
  CHECK(sent.bytes.starts_with("MESSAGE sip:dave@example.net SIP/2.0\r\nVia: SIP/2.0/TCP "));
  bench.respond(sent, 200);
  CHECK(bench.take_status() == 200);
}

TEST_CASE("a maddr in a URI of ours is where the request goes, unless it is ours, too (16.4, 16.5)") {
  Open bench;
  bench.enrol(peer(Protocol::udp, 2), "bob", "<sip:bob@198.51.100.2:5002>");
  bench.write_to("sip:bob@example.org;maddr=203.0.113.7;transport=tcp");
  const auto away = bench.take();
  CHECK(where(away) == "TCP 203.0.113.7:5060");
  CHECK(away.bytes.starts_with("MESSAGE sip:bob@example.org;maddr=203.0.113.7;transport=tcp "));
  for (const char* own : {"192.0.2.1", "EXAMPLE.org"}) {
    bench.write_to(std::string("sip:bob@example.org;maddr=") + own);
    CHECK(where(bench.take()) == "UDP 198.51.100.2:5002");
  }
  // Nobody but our users sends to elsewhere by us.
  bench.say(peer(Protocol::udp, 9),
            bench.write({.uri = "sip:bob@example.org;maddr=203.0.113.7", .from = "sip:carol@example.net"}));
  CHECK(bench.take_status() == 403);
}

TEST_CASE("what the DNS said is not asked for again while it holds") {
  Open bench;
  bench.write_to("sip:dave@example.net");
  bench.respond(bench.take(), 200);
  const std::size_t asked = bench.zone.asked.size();
  bench.write_to("sip:erin@EXAMPLE.net");
  CHECK(bench.zone.asked.size() == asked);
  bench.advance(Milliseconds(60'000));
  bench.write_to("sip:dave@example.net");
  CHECK(bench.zone.asked.size() > asked);
}

TEST_CASE("a user whose domains' name servers are slow holds a quarter of the places, and keeps nobody out") {
  Bench bench;
  const Peer alice = peer(Protocol::ws, 1);
  const Peer bob = peer(Protocol::tcp, 2);
  bench.dns_is_slow = true;
  const auto leaves = [&](const Peer& from, const std::string& user, const Sketch& sketch) {
    bench.say_signed(from, sketch, user);
    const auto sent = std::exchange(bench.sent, {});
    return sent.empty() ? "waits" : sent.front().bytes.substr(0, sent.front().bytes.find(' ', 8));
  };
  const auto domain = [](std::size_t number) { return "sip:x@d" + std::to_string(number) + ".example.net"; };
  const Sketch of_bob{.from = "sip:bob@example.org"};
  for (std::size_t i = 0; i < Outbound::max_waiting / 4; ++i) {
    Sketch sketch = of_bob;
    sketch.uri = domain(i);
    CHECK(leaves(bob, "bob", sketch) == "waits");
  }
  Sketch one_more = of_bob;
  one_more.uri = domain(1000);
  CHECK(leaves(bob, "bob", one_more) == "SIP/2.0 503");
  CHECK(bench.lookups.size() == Outbound::max_waiting / 4);
  CHECK(leaves(alice, "alice", {.uri = domain(1001)}) == "waits");
  // No name server is asked.
  one_more.uri = "sip:z@203.0.113.44";
  CHECK(leaves(bob, "bob", one_more) == "MESSAGE sip:z@203.0.113.44");
  // What has its answer makes room again.
  bench.dns_is_slow = false;
  bench.relay.answer(bench.now, bench.lookups.front().job, bench.zone.ask(bench.lookups.front().question));
  bench.drain();
  CHECK(bench.take_status() == 404);
  bench.dns_is_slow = true;
  one_more.uri = domain(1002);
  CHECK(leaves(bob, "bob", one_more) == "waits");
  CHECK(leaves(bob, "bob", one_more) == "SIP/2.0 503");
}

TEST_CASE("of more records than a domain could need those count that come first (RFC 2782)") {
  Open bench;
  const std::string name = "_sip._udp.many.example";
  for (std::size_t i = 0; i < DnsAnswer::max_records; ++i)
    bench.zone.srv(name, {2, 1, 5060, "one.example.net"});
  bench.zone.srv(name, {1, 1, 5060, "two.example.net"});
  for (int i = 0; i < 2; ++i) {
    bench.write_to("sip:dave@many.example");
    CHECK(where(bench.take()) == "UDP 203.0.113.2:5060");
  }
}

TEST_CASE("many requests to one domain ask the DNS once, and leave in the order they came") {
  Open bench;
  bench.dns_is_slow = true;
  for (const char* user : {"a", "b", "c"})
    bench.write_to(std::string("sip:") + user + "@example.net;transport=tcp");
  REQUIRE(bench.lookups.size() == 1);
  bench.dns_is_slow = false;
  bench.relay.answer(bench.now, bench.lookups[0].job, bench.zone.ask(bench.lookups[0].question));
  bench.drain();
  CHECK(bench.zone.asked.size() == 5);
  for (const char* user : {"a", "b", "c"})
    CHECK(bench.take().bytes.starts_with(std::string("MESSAGE sip:") + user + "@example.net"));
  // An answer to nothing that was asked changes nothing.
  bench.relay.answer(bench.now, bench.lookups[0].job, DnsAnswer{});
  bench.drain();
  CHECK(bench.sent.size() == 0);
}

TEST_CASE(
    "what is too large for a datagram goes to a server of UDP by TCP, and as one where nobody takes that; a "
    "MESSAGE never (18.1.1, RFC 3428 8)") {
  Open bench;
  const std::string method = GENERATE("INVITE", "INFO", "MESSAGE");
  bench.say(bench.alice,
            bench.write({.method = method, .uri = "sip:dave@203.0.113.5", .body = std::string(3'000, 'v')}));
  if (method == "INVITE") CHECK(bench.take_status() == 100);
  const auto stream = bench.take();
  CHECK(where(stream) == "TCP 203.0.113.5:5060");
  bench.fail(stream);
  const auto next = bench.take();
  if (method == "MESSAGE") {
    CHECK(Bench::status_of(next.bytes) == 513);
  } else {
    CHECK(where(next) == "UDP 203.0.113.5:5060");
    CHECK(Bench::field(next.bytes, HeaderName::via).starts_with("SIP/2.0/UDP "));
  }
  CHECK(bench.sent.empty());
}

TEST_CASE("an ACK that is too large for a datagram goes the way that its INVITE has found (18.1.1)") {
  Open bench;
  const bool is_tcp_taken = GENERATE(true, false);
  const std::string uri = "sip:dave@203.0.113.5";
  const std::string body(3'000, 'v');
  bench.say(bench.alice, bench.write({.method = "INVITE",
                                      .uri = uri,
                                      .fields = "Contact: <sip:a@a.invalid;transport=ws>\r\n",
                                      .body = body}));
  CHECK(bench.take_status() == 100);
  auto invite = bench.take();
  if (!is_tcp_taken) {
    bench.fail(invite);
    invite = bench.take();
  }
  bench.respond(invite, 200, "dave");
  CHECK(bench.take_status() == 200);
  DialogEnd caller{bench.alice,
                   "<sip:alice@example.org>;tag=f",
                   "<" + uri + ">;tag=dave",
                   "c" + std::to_string(bench.last_number),
                   uri,
                   values(invite.bytes, HeaderName::record_route)};
  std::reverse(caller.routes.begin(), caller.routes.end());
  bench.say(bench.alice, caller.write("ACK", "Subject: " + std::string(2'000, 's') + "\r\n"));
  CHECK(where(bench.take()) == (is_tcp_taken ? "TCP 203.0.113.5:5060" : "UDP 203.0.113.5:5060"));
}

TEST_CASE("each server of UDP is tried by TCP with what is too large for a datagram (18.1.1)") {
  Open bench;
  bench.zone.srv("_sip._udp.example.com", {1, 1, 5060, "one.example.net"})
      .srv("_sip._udp.example.com", {2, 1, 5070, "two.example.net"});
  bench.say(bench.alice,
            bench.write({.method = "INFO", .uri = "sip:dave@example.com", .body = std::string(3'000, 'v')}));
  for (const char* way : {"TCP 203.0.113.1:5060", "UDP 203.0.113.1:5060", "TCP 203.0.113.2:5070"}) {
    const auto sent = bench.take();
    CHECK(where(sent) == way);
    bench.fail(sent);
  }
  CHECK(where(bench.take()) == "UDP 203.0.113.2:5070");
}

TEST_CASE("a server that cannot be reached leads to the next, with another branch (RFC 3263 4.3)") {
  Open bench;
  bench.write_to("sip:dave@example.net");
  const auto first = bench.take();
  bench.fail(first);
  const auto second = bench.take();
  CHECK(where(second) == "TCP 203.0.113.2:5070");
  CHECK(branch(first) != branch(second));
  CHECK(Bench::field(second.bytes, HeaderName::max_forwards) == "69");
  bench.respond(second, 200);
  CHECK(bench.take_status() == 200);
  CHECK(bench.sent.empty());
}

TEST_CASE("a server whose connection closes leads to the next at once, and where there is none it is 500") {
  Open bench;
  bench.write_to("sip:dave@example.net");
  const auto first = bench.take();
  bench.close(first);
  const auto second = bench.take();
  CHECK(where(second) == "TCP 203.0.113.2:5070");
  bench.close(second);
  CHECK(bench.take_status() == 500);
  CHECK(bench.sent.empty());
}

TEST_CASE("a connection that closes with no request under way on it leads nowhere else") {
  Open bench;
  bench.write_to("sip:dave@example.net");
  const auto answered = bench.take();
  bench.respond(answered, 200);
  CHECK(bench.take_status() == 200);
  bench.close(answered);
  CHECK(bench.sent.empty());
  bench.write_to("sip:dave@example.net");
  CHECK(where(bench.take()) == "TCP 203.0.113.1:5060");
}

TEST_CASE("a call that rings elsewhere ends with the connection it went by, one that was answered does not") {
  Open bench;
  bench.say(bench.alice, bench.write({.method = "INVITE", .uri = "sip:dave@203.0.113.5;transport=tcp"}));
  CHECK(bench.take_status() == 100);
  const auto invite = bench.take();
  bench.respond(invite, 180);
  CHECK(bench.take_status() == 180);
  SECTION("it rings") {
    bench.close(invite);
    CHECK(bench.take_status() == 500);
  }
  SECTION("it was answered") {
    bench.respond(invite, 200);
    CHECK(bench.take_status() == 200);
    bench.close(invite);
  }
  CHECK(bench.sent.empty());
}

TEST_CASE("a server that answers 503 leads to the next; other refusals are answers (RFC 3263 4.3)") {
  Open bench;
  bench.write_to("sip:dave@example.net");
  bench.respond(bench.take(), 503);
  bench.respond(bench.take(), 404);
  CHECK(bench.take_status() == 404);
  CHECK(bench.sent.empty());
  Open other;
  other.write_to("sip:dave@example.net");
  other.respond(other.take(), 500);
  CHECK(other.take_status() == 500);
  CHECK(other.sent.empty());
}

TEST_CASE("a server that says nothing until Timer F leads to the next; one that said something does not") {
  Open bench;
  bench.write_to("sip:dave@example.net");
  bench.take();
  bench.advance(Milliseconds(32'000));
  CHECK(bench.take_status() == 100);
  CHECK(where(bench.take()) == "TCP 203.0.113.2:5070");
  Open heard;
  heard.write_to("sip:dave@example.net");
  heard.respond(heard.take(), 100);
  heard.advance(Milliseconds(32'000));
  CHECK(heard.take_status() == 100);
  CHECK(heard.sent.empty());
}

TEST_CASE("where every server fails it is 500, never 503 (16.7 step 6)") {
  Open bench;
  bench.write_to("sip:dave@example.net");
  bench.fail(bench.take());
  bench.fail(bench.take());
  CHECK(bench.take_status() == 500);
  bench.write_to("sip:dave@example.net");
  bench.respond(bench.take(), 503);
  bench.respond(bench.take(), 503);
  CHECK(bench.take_status() == 500);
}

TEST_CASE("a server that failed is the last to be asked for five minutes (RFC 4321 1.3)") {
  Open bench;
  bench.write_to("sip:dave@example.net");
  bench.fail(bench.take());
  bench.respond(bench.take(), 200);
  CHECK(bench.take_status() == 200);
  bench.write_to("sip:dave@example.net");
  CHECK(where(bench.take()) == "TCP 203.0.113.2:5070");
  bench.advance(Milliseconds(300'000));
  bench.sent.clear();
  bench.write_to("sip:dave@example.net");
  CHECK(where(bench.take()) == "TCP 203.0.113.1:5060");
}

TEST_CASE(
    "a domain without servers is 404 at once, one that nobody could tell of 500 with a time to come again") {
  Open bench;
  bench.write_to("sip:dave@example.com");
  CHECK(bench.take_status() == 404);
  bench.zone.fails(DnsType::naptr, "broken.example");
  bench.write_to("sip:dave@broken.example");
  const auto answer = bench.take();
  CHECK(Bench::status_of(answer.bytes) == 500);
  CHECK(Bench::field(answer.bytes, HeaderName::retry_after) == "5");
  bench.write_to("sip:dave@example.net;transport=sctp");
  CHECK(bench.take_status() == 501);
}

TEST_CASE("a Route to elsewhere is looked up in place of the Request-URI, and a malformed one is 400") {
  Open bench;
  bench.write_to("sip:dave@example.com", "Route: <sip:example.net;lr>\r\n");
  CHECK(where(bench.take()) == "TCP 203.0.113.1:5060");
  bench.write_to("sip:dave@example.com", "Route: <tel:+1>\r\n");
  CHECK(bench.take_status() == 416);
}

TEST_CASE("a domain whose name leads back to the relay is not asked (21.4.5)") {
  Open bench;
  bench.zone.address("mirror.example", "192.0.2.1");
  bench.write_to("sip:dave@mirror.example:5060");
  CHECK(bench.take_status() == 404);
}

TEST_CASE(
    "over TLS the server must be the domain that was asked for, also by a SIPS Request-URI and a Route") {
  Open bench;
  bench.zone.srv("_sips._tcp.example.net", {1, 1, 5061, "two.example.net"});
  bench.write_to("sips:dave@example.net");
  CHECK(where(bench.take()) == "TLS 203.0.113.2:5061 example.net");
  bench.write_to("sips:dave@example.com", "Route: <sip:example.net;lr>\r\n");
  CHECK(where(bench.take()) == "TLS 203.0.113.2:5061 example.net");
}

TEST_CASE("a request that waits for the DNS gets a 100 in time, and one too many a 503 (RFC 4320 4.1)") {
  Settings settings = Bench::settings(false);
  settings.limits.messages.most = 2 * Outbound::max_waiting;
  Open bench(settings);
  bench.dns_is_slow = true;
  bench.say(peer(Protocol::udp, 9), bench.write({.uri = "sip:dave@example.net"}));
  bench.advance(Milliseconds(4'000));
  CHECK(bench.take_status() == 100);
  const auto say = [&](std::size_t i) {
    bench.say(peer(Protocol::ws, static_cast<int>(10 + i % 20)),
              bench.write({.uri = "sip:dave@example.net"}));
  };
  for (std::size_t i = 1; i < Outbound::max_waiting / 2; ++i) say(i);  // strangers' half
  CHECK(bench.sent.empty());
  CHECK(bench.lookups.size() == 1);
  say(0);
  CHECK(bench.take_status() == 503);
}

TEST_CASE("nobody but the operator leads a request to what listens for this machine or link alone") {
  const std::vector<std::string> inside{"127.0.0.1",       "127.9.9.9", "[::1]",      "0.0.0.0",  "[::]",
                                        "169.254.169.254", "[fe80::1]", "224.0.1.75", "[ff02::1]"};
  Open bench;
  for (const std::string& host : inside) {
    CAPTURE(host);
    bench.write_to("sip:x@" + host + ":6379;transport=tcp");
    CHECK(bench.take_status() == 404);
    bench.write_to("sip:dave@example.net", "Route: <sip:" + host + ":6379;lr>\r\n");
    CHECK(bench.take_status() == 404);
    CHECK(bench.sent.empty());
  }
  bench.zone.address("inner.example.com", "127.0.0.1");
  bench.write_to("sip:x@inner.example.com:6379;transport=tcp");
  CHECK(bench.take_status() == 404);
  for (const char* host : {"10.0.0.1", "172.16.0.1", "192.168.1.1", "[fd00::1]"}) {
    bench.write_to(std::string("sip:x@") + host + ";transport=tcp");
    CHECK(where(bench.take()) == std::string("TCP ") + host + ":5060");
  }
}

}  // namespace elsewhere_test
