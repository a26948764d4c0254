#include "transaction_bench.h"

namespace server_matching_test {

using namespace sip;
using namespace sip::test;
using Kind = TransactionLayer::Kind;

TEST_CASE("a repeat is absorbed and gets the last response, whatever else in it has changed") {
  Bench bench;
  const Sketch request;
  const auto first = bench.receive(request);
  REQUIRE(first.kind == Kind::new_request);
  CHECK(bench.receive(request).kind == Kind::absorbed);
  CHECK(bench.is_quiet());
  bench.layer.respond(bench.now, first.id, 200, "the answer");
  CHECK(bench.sent() == "the answer");
  const auto again =
      bench.receive(Sketch{.via = "SIP/2.0/UDP 198.51.100.2:5060;branch=Z9HG4BKONE;rport", .cseq = "2"});
  CHECK(again.kind == Kind::absorbed);
  CHECK(again.id == first.id);
  CHECK(bench.sent() == "the answer");
}

TEST_CASE("requests are told apart by branch, sent-by and method (17.2.3)") {
  const Sketch other =
      GENERATE(Sketch{.via = "SIP/2.0/UDP 198.51.100.2;branch=z9hG4bKtwo"},
               Sketch{.via = "SIP/2.0/UDP 198.51.100.3;branch=z9hG4bKone"},
               Sketch{.via = "SIP/2.0/UDP 198.51.100.2:5070;branch=z9hG4bKone"}, Sketch{.method = "OPTIONS"});
  Bench bench;
  const auto first = bench.receive(Sketch{});
  const auto second = bench.receive(other);
  CHECK(second.kind == Kind::new_request);
  CHECK(second.id != first.id);
}

TEST_CASE("without the magic cookie the request itself tells transactions apart (17.2.3)") {
  Bench bench;
  Sketch request;
  request.via = GENERATE("SIP/2.0/UDP 198.51.100.2", "SIP/2.0/UDP 198.51.100.2;branch=1");
  REQUIRE(bench.receive(request).kind == Kind::new_request);
  CHECK(bench.receive(request).kind == Kind::absorbed);
  for (std::string Sketch::*part : {&Sketch::method, &Sketch::uri, &Sketch::call_id, &Sketch::cseq}) {
    Sketch other = request;
    other.*part += "9";
    CHECK(bench.receive(other).kind == Kind::new_request);
  }
  for (std::string Sketch::*part : {&Sketch::to, &Sketch::via}) {
    Sketch other = request;
    other.*part += ";tag=9";
    CHECK(bench.receive(other).kind == Kind::new_request);
  }
  Sketch other = request;
  other.via.insert(other.via.find("198.51.100.2") + 12, ":5070");
  CHECK(bench.receive(other).kind == Kind::new_request);
  other = request;
  other.from = "<sip:alice@example.org>;tag=9";
  CHECK(bench.receive(other).kind == Kind::new_request);
}

TEST_CASE("a server transaction is gone the moment it ends, and its request is new again") {
  Bench bench;
  const auto over_stream = bench.receive(Sketch{}, Protocol::tcp);
  bench.layer.respond(bench.now, over_stream.id, 200, "answer");
  CHECK(bench.layer.size() == 0);
  const auto over_udp = bench.receive(Sketch{});
  REQUIRE(over_udp.kind == Kind::new_request);
  bench.layer.respond(bench.now, over_udp.id, 200, "answer");
  CHECK(bench.layer.size() == 1);
  bench.sleep();
  CHECK(bench.layer.size() == 0);
  CHECK(bench.receive(Sketch{}).kind == Kind::new_request);
}

TEST_CASE("past the limit a new request is not remembered, and the known ones go on") {
  Bench bench{TransactionLayer({}, {.transactions = 1})};
  REQUIRE(bench.receive(Sketch{}).kind == Kind::new_request);
  CHECK(bench.receive(Sketch{.via = "SIP/2.0/UDP 198.51.100.2;branch=z9hG4bKtwo"}).kind == Kind::overloaded);
  CHECK(bench.receive(Sketch{}).kind == Kind::absorbed);
  CHECK(bench.layer.size() == 1);
}

TEST_CASE("a request that waits for its answer asks for a 100 after 3.5 seconds (RFC 4320 4.1)") {
  Bench bench;
  const auto received = bench.receive(Sketch{});
  bench.sleep();
  CHECK(bench.now.mono == Instant(Milliseconds(4500)));
  CHECK(bench.expect<TransactionLayer::TryingDue>().server == received.id);
}

TEST_CASE("a branch that is the magic cookie alone makes nothing unique (RFC 4475 3.2.1)") {
  Bench bench;
  Sketch request{.via = "SIP/2.0/UDP 198.51.100.2;branch=z9hG4bK"};
  REQUIRE(bench.receive(request).kind == Kind::new_request);
  CHECK(bench.receive(request).kind == Kind::absorbed);
  request.call_id = "another";
  CHECK(bench.receive(request).kind == Kind::new_request);
}

}  // namespace server_matching_test
