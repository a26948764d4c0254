#include "transaction_bench.h"

namespace invite_test {

using namespace sip;
using namespace sip::test;
using Kind = TransactionLayer::Kind;

namespace {

const Sketch invite{.method = "INVITE", .via = "SIP/2.0/UDP 198.51.100.2;branch=z9hG4bKinvite"};
constexpr std::string_view branch = "z9hG4bKinvite";

Sketch with_method(Sketch sketch, const std::string& method, const std::string& to) {
  sketch.method = method;
  sketch.to = to;
  return sketch;
}
/// What the other end sends for our response.
Sketch ack(const Sketch& of = invite, const std::string& tag = "t") {
  return with_method(of, "ACK", of.to + ";tag=" + tag);
}
Sketch without_cookie() { return {.method = "INVITE", .via = "SIP/2.0/UDP 198.51.100.2:5060;branch=1"}; }

}  // namespace

TEST_CASE("a refused INVITE is acknowledged to where it went, once for each repeat of the refusal") {
  Bench bench;
  const TransactionId id = bench.request(invite, branch);
  CHECK(bench.sent() == invite.text());
  bench.sleep();
  CHECK(bench.sent() == invite.text());
  const auto ringing = bench.receive(Bench::response_to(invite, 180));
  CHECK(ringing.kind == Kind::response);
  CHECK(ringing.id == id);
  CHECK_FALSE(bench.layer.deadline());
  CHECK(bench.receive(Bench::response_to(invite, 486)).kind == Kind::response);
  const auto first = bench.expect<TransactionLayer::Send>();
  CHECK(first.to == peer(Protocol::udp));
  CHECK(first.text.starts_with("ACK sip:bob@example.org SIP/2.0\r\nVia: " + invite.via + "\r\n"));
  CHECK(first.text.find("To: <sip:bob@example.org>;tag=t\r\n") != std::string::npos);
  CHECK(bench.receive(Bench::response_to(invite, 486)).kind == Kind::absorbed);
  CHECK(bench.sent() == first.text);
  bench.sleep();
  CHECK(bench.layer.size() == 0);
  CHECK(bench.receive(Bench::response_to(invite, 486)).kind == Kind::stray_response);
  CHECK(bench.is_quiet());
}

TEST_CASE("a refusal that comes first of all is acknowledged too, over every transport") {
  const Protocol protocol = GENERATE(Protocol::udp, Protocol::tcp, Protocol::ws);
  Bench bench;
  bench.request(invite, branch, protocol);
  bench.sent();
  CHECK(bench.receive(Bench::response_to(invite, 404), protocol).kind == Kind::response);
  CHECK(bench.sent().starts_with("ACK "));
  CHECK(bench.layer.size() == (is_reliable(protocol) ? 0 : 1));
}

TEST_CASE("every 2xx to an INVITE goes to the user, and none is acknowledged here (RFC 6026 7.2)") {
  Bench bench;
  const TransactionId id = bench.request(invite, branch);
  bench.sent();
  for (int i = 0; i < 3; ++i) {
    const auto received = bench.receive(Bench::response_to(invite, 200));
    CHECK(received.kind == Kind::response);
    CHECK(received.id == id);
  }
  CHECK(bench.is_quiet());
  bench.sleep();
  CHECK(bench.layer.size() == 0);
  CHECK(bench.receive(Bench::response_to(invite, 200)).kind == Kind::stray_response);
}

TEST_CASE("an INVITE without answer times out, one whose peer is unreachable fails, refused or not") {
  Bench bench;
  const TransactionId id = bench.request(invite, branch, Protocol::ws);
  bench.sent();
  SECTION("Timer B") {
    bench.sleep();
    CHECK(bench.expect<TransactionLayer::TimedOut>().client == id);
  }
  SECTION("its flow is gone") {
    bench.layer.flow_closed(flow);
    CHECK(bench.expect<TransactionLayer::TransportFailed>().client == id);
  }
  CHECK(bench.layer.size() == 0);

  Bench refused;
  const TransactionId other = refused.request(invite, branch);
  refused.receive(Bench::response_to(invite, 486));
  refused.sent();
  refused.sent();
  refused.layer.unreachable(peer(Protocol::udp));
  CHECK(refused.expect<TransactionLayer::TransportFailed>().client == other);

  Bench accepted;
  accepted.request(invite, branch);
  accepted.sent();
  accepted.receive(Bench::response_to(invite, 200));
  accepted.layer.unreachable(peer(Protocol::udp));
  CHECK(accepted.is_quiet());
  CHECK(accepted.layer.size() == 1);
}

TEST_CASE("a refusal is resent by G until its ACK, which is absorbed") {
  Bench bench;
  const auto received = bench.receive(invite);
  REQUIRE(received.kind == Kind::new_request);
  bench.layer.respond(bench.now, received.id, 405, "refused");
  CHECK(bench.sent() == "refused");
  bench.sleep();
  CHECK(bench.now.mono == Instant(Milliseconds(1500)));
  CHECK(bench.sent() == "refused");
  CHECK(bench.receive(invite).kind == Kind::absorbed);
  CHECK(bench.sent() == "refused");
  CHECK(bench.receive(ack()).kind == Kind::absorbed);
  CHECK(bench.receive(ack()).kind == Kind::absorbed);
  bench.sleep();
  CHECK(bench.now.mono == Instant(Milliseconds(6500)));
  CHECK(bench.is_quiet());
  CHECK(bench.layer.size() == 0);
}

TEST_CASE("a refusal that nobody acknowledges is told to the user at H") {
  Bench bench;
  const auto received = bench.receive(invite, Protocol::tcp);
  bench.layer.respond(bench.now, received.id, 405, "refused");
  bench.sent();
  bench.sleep();
  CHECK(bench.now.mono == Instant(Milliseconds(33'000)));
  CHECK(bench.expect<TransactionLayer::Unacknowledged>().server == received.id);
  CHECK(bench.layer.size() == 0);
}

TEST_CASE("an INVITE that waits asks for 100 after 200 ms, and its repeats get the last provisional") {
  Bench bench;
  const auto received = bench.receive(invite);
  bench.sleep();
  CHECK(bench.now.mono == Instant(Milliseconds(1200)));
  CHECK(bench.expect<TransactionLayer::TryingDue>().server == received.id);
  CHECK(bench.receive(invite).kind == Kind::absorbed);
  CHECK(bench.is_quiet());
  bench.layer.respond(bench.now, received.id, 100, "trying");
  CHECK(bench.sent() == "trying");
  CHECK(bench.receive(invite).kind == Kind::absorbed);
  CHECK(bench.sent() == "trying");
}

TEST_CASE("an accepted INVITE passes the user's 2xx and the other end's ACKs, and absorbs repeats") {
  Bench bench;
  const auto received = bench.receive(invite);
  bench.layer.respond(bench.now, received.id, 200, "accepted");
  CHECK(bench.sent() == "accepted");
  CHECK(bench.receive(invite).kind == Kind::absorbed);
  CHECK(bench.is_quiet());
  bench.layer.respond(bench.now, received.id, 200, "accepted again");
  CHECK(bench.sent() == "accepted again");
  for (int i = 0; i < 2; ++i) {
    const auto acknowledged = bench.receive(ack());
    CHECK(acknowledged.kind == Kind::ack);
    CHECK(acknowledged.id == received.id);
  }
  bench.sleep();
  CHECK(bench.layer.size() == 0);
  const auto late = bench.receive(ack());
  CHECK(late.kind == Kind::ack);
  CHECK(late.id == TransactionId::none);
}

TEST_CASE("a flow that is gone ends no server transaction: a repeat is still known as one (RFC 6026 7.1)") {
  Bench bench;
  const auto received = bench.receive(invite, Protocol::tcp);
  bench.layer.respond(bench.now, received.id, GENERATE(180, 200, 405), "answer");
  bench.sent();
  bench.layer.flow_closed(flow);
  bench.layer.unreachable(peer(Protocol::tcp));
  CHECK(bench.is_quiet());
  CHECK(bench.receive(invite, Protocol::tcp).kind == Kind::absorbed);
}

TEST_CASE("an ACK matches by branch and sent-by, and never a request other than INVITE (17.2.3)") {
  Bench bench;
  const auto received = bench.receive(invite, Protocol::tcp);
  bench.layer.respond(bench.now, received.id, 405, "refused");
  Sketch other = ack();
  other.via = GENERATE("SIP/2.0/UDP 198.51.100.2;branch=z9hG4bKother",
                       "SIP/2.0/UDP 198.51.100.3;branch=z9hG4bKinvite",
                       "SIP/2.0/UDP 198.51.100.2:5070;branch=z9hG4bKinvite");
  const auto stray = bench.receive(other, Protocol::tcp);
  CHECK(stray.kind == Kind::ack);
  CHECK(stray.id == TransactionId::none);
  CHECK(bench.layer.size() == 1);
  CHECK(bench.receive(ack(), Protocol::tcp).kind == Kind::absorbed);
  CHECK(bench.layer.size() == 0);

  const Sketch message{.via = invite.via};
  bench.receive(message);
  CHECK(bench.receive(ack()).kind == Kind::ack);
}

TEST_CASE("without the magic cookie an ACK is known by the To tag of our response (17.2.3)") {
  Bench bench;
  const Sketch old = without_cookie();
  const auto received = bench.receive(old, Protocol::tcp);
  REQUIRE(received.kind == Kind::new_request);
  bench.layer.respond(bench.now, received.id, 405, Bench::response_to(old, 405));
  CHECK(bench.receive(ack(old, "another"), Protocol::tcp).kind == Kind::ack);
  Sketch elsewhere = ack(old);
  elsewhere.via = "SIP/2.0/UDP 198.51.100.2:5061;branch=1";
  CHECK(bench.receive(elsewhere, Protocol::tcp).kind == Kind::ack);
  CHECK(bench.layer.size() == 1);
  CHECK(bench.receive(ack(old), Protocol::tcp).kind == Kind::absorbed);
  CHECK(bench.layer.size() == 0);
  CHECK(bench.layer.bytes() == 0);
  CHECK(bench.receive(ack(old), Protocol::tcp).kind == Kind::ack);
}

TEST_CASE("a CANCEL finds the transaction it means, whatever its method, by either rule (9.2)") {
  Sketch meant = GENERATE(Sketch(invite), without_cookie());
  meant.method = GENERATE("INVITE", "MESSAGE", "ALPHA", "ZULU");
  Bench bench;
  const auto first = bench.receive(meant);
  const auto cancel = bench.receive(with_method(meant, "CANCEL", meant.to));
  CHECK(cancel.kind == Kind::cancel);
  CHECK(cancel.id != first.id);
  CHECK(cancel.cancelled == first.id);
  // It is a transaction of its own.
  CHECK(bench.receive(with_method(meant, "CANCEL", meant.to)).kind == Kind::absorbed);
  bench.layer.respond(bench.now, cancel.id, 200, "answer");
  CHECK(bench.sent() == "answer");
  CHECK(bench.receive(with_method(meant, "CANCEL", meant.to)).kind == Kind::absorbed);
  CHECK(bench.sent() == "answer");
}

TEST_CASE("a CANCEL of what is not there says so, and is no transaction that another could mean") {
  Bench bench;
  bench.receive(invite);
  Sketch other = invite;
  other.via = GENERATE("SIP/2.0/UDP 198.51.100.2;branch=z9hG4bKinvit",
                       "SIP/2.0/UDP 198.51.100.2;branch=z9hG4bKinvite2",
                       "SIP/2.0/UDP 198.51.100.3;branch=z9hG4bKinvite");
  const auto cancel = bench.receive(with_method(other, "CANCEL", other.to));
  CHECK(cancel.kind == Kind::cancel);
  CHECK(cancel.cancelled == TransactionId::none);

  Bench old;
  const Sketch refused = without_cookie();
  const auto received = old.receive(refused);
  old.layer.respond(old.now, received.id, 405, Bench::response_to(refused, 405));
  // The key of its ACK is no request either.
  CHECK(old.receive(with_method(refused, "CANCEL", refused.to + ";tag=t")).cancelled == TransactionId::none);
}

TEST_CASE(
    "the To tag of a response is known while it may be sent again, so that a CANCEL's can be the same") {
  Bench bench;
  const auto received = bench.receive(invite);
  CHECK(bench.layer.to_tag(received.id).empty());
  bench.layer.respond(bench.now, received.id, 405, Bench::response_to(invite, 405));
  CHECK(bench.layer.to_tag(received.id) == "t");
  bench.receive(ack());
  CHECK(bench.layer.to_tag(received.id).empty());
  CHECK(bench.layer.to_tag(TransactionId{99}).empty());
}

TEST_CASE("an INVITE that has had a provisional response is known as one that is not sent again (17.1.1.2)") {
  Bench bench;
  const auto received = bench.receive(invite);
  CHECK_FALSE(bench.layer.is_quenched(received.id));
  bench.layer.respond(bench.now, received.id, 100, Bench::response_to(invite, 100));
  CHECK(bench.layer.is_quenched(received.id));
  CHECK_FALSE(bench.layer.is_quenched(TransactionId{99}));

  const Sketch options{.method = "OPTIONS"};
  const auto other = bench.receive(options);
  bench.layer.respond(bench.now, other.id, 100, Bench::response_to(options, 100));
  CHECK_FALSE(bench.layer.is_quenched(other.id));
}

TEST_CASE("an INVITE is cancelled once it is proceeding, to where it went and by its own branch (9.1)") {
  const Protocol protocol = GENERATE(Protocol::udp, Protocol::ws);
  Bench bench;
  const TransactionId id = bench.request(invite, branch, protocol);
  bench.sent();
  CHECK_FALSE(bench.layer.cancel(bench.now, id));
  bench.receive(Bench::response_to(invite, 180), protocol);
  const auto cancel = bench.layer.cancel(bench.now, id);
  REQUIRE(cancel);
  const auto sent = bench.expect<TransactionLayer::Send>();
  CHECK(sent.to == peer(protocol));
  CHECK(sent.text.starts_with("CANCEL sip:bob@example.org SIP/2.0\r\nVia: " + invite.via + "\r\n"));
  const auto answer =
      bench.receive(Bench::response_to(with_method(invite, "CANCEL", invite.to), 200), protocol);
  CHECK(answer.kind == Kind::response);
  CHECK(answer.id == *cancel);
  CHECK(bench.receive(Bench::response_to(invite, 487), protocol).kind == Kind::response);
  CHECK(bench.sent().starts_with("ACK "));
  CHECK_FALSE(bench.layer.cancel(bench.now, id));
}

}  // namespace invite_test
