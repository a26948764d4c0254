#include "transaction_bench.h"

namespace memory_test {

using namespace sip;
using namespace sip::test;
using Kind = TransactionLayer::Kind;

namespace {

const Sketch invite{.method = "INVITE"};
constexpr std::string_view branch = "z9hG4bKone";
const std::string large(10'000, 'x');

/// A finished request with a large body.
TransactionId request_large(Bench& bench, const Sketch& sketch, Protocol protocol) {
  return bench.layer.request(bench.now, peer(protocol), branch, sketch.method, sketch.text() + large);
}
bool holds_large(const Bench& bench) { return bench.layer.bytes() > large.size(); }

}  // namespace

TEST_CASE("an INVITE is forgotten at its first response, what its ACK needs at the end") {
  Bench bench;
  request_large(bench, invite, Protocol::udp);
  CHECK(holds_large(bench));
  bench.receive(Bench::response_to(invite, 100));
  const std::size_t proceeding = bench.layer.bytes();
  CHECK(proceeding < TransactionLayer::fixed_bytes + 1000);
  SECTION("refused") {
    bench.receive(Bench::response_to(invite, 486));
    CHECK_FALSE(holds_large(bench));
  }
  SECTION("accepted") {
    bench.receive(Bench::response_to(invite, 200));
    CHECK(bench.layer.bytes() < proceeding);
  }
  bench.sleep();
  CHECK(bench.layer.bytes() == 0);
}

TEST_CASE("over a reliable transport no request is kept") {
  const Sketch sketch = GENERATE(Sketch(invite), Sketch{});
  Bench bench;
  request_large(bench, sketch, Protocol::tcp);
  CHECK_FALSE(holds_large(bench));
  bench.receive(Bench::response_to(sketch, 404));
  CHECK(bench.layer.bytes() == 0);
}

TEST_CASE("a request other than INVITE is forgotten at its final response") {
  Bench bench;
  request_large(bench, Sketch{}, Protocol::udp);
  bench.receive(Bench::response_to(Sketch{}, 100));
  CHECK(holds_large(bench));
  bench.receive(Bench::response_to(Sketch{}, 200));
  CHECK_FALSE(holds_large(bench));
}

TEST_CASE("a response to INVITE is forgotten at its ACK, a 2xx at once, any other after its last repeat") {
  Bench bench;
  const auto received = bench.receive(invite);
  SECTION("refused") {
    bench.layer.respond(bench.now, received.id, 405, large);
    CHECK(holds_large(bench));
    bench.receive(Sketch{.method = "ACK"});
    CHECK_FALSE(holds_large(bench));
  }
  SECTION("accepted") {
    bench.layer.respond(bench.now, received.id, 180, large);
    CHECK(holds_large(bench));
    bench.layer.respond(bench.now, received.id, 200, large);
    CHECK_FALSE(holds_large(bench));
  }
  CHECK(bench.layer.size() == 1);
  while (bench.layer.deadline()) bench.sleep();
  CHECK(bench.layer.bytes() == 0);

  const auto message = bench.receive(Sketch{});
  bench.layer.respond(bench.now, message.id, 200, large);
  CHECK(holds_large(bench));
  bench.sleep();
  CHECK(bench.layer.bytes() == 0);
}

TEST_CASE("an abandoned transaction leaves nothing behind") {
  Bench bench;
  const TransactionId client = request_large(bench, invite, Protocol::udp);
  const auto server = bench.receive(invite);
  bench.layer.respond(bench.now, server.id, 180, large);
  bench.layer.abandon(client);
  bench.layer.abandon(server.id);
  CHECK(bench.layer.bytes() == 0);
  CHECK_FALSE(bench.layer.deadline());
}

TEST_CASE("past the limit of bytes a new request is not remembered, until there is room again") {
  Bench bench{TransactionLayer({}, {.bytes = 5000})};
  const auto first = bench.receive(invite);
  REQUIRE(first.kind == Kind::new_request);
  bench.layer.respond(bench.now, first.id, 405, large);
  CHECK(bench.receive(Sketch{}).kind == Kind::overloaded);
  CHECK(bench.receive(invite).kind == Kind::absorbed);
  bench.receive(Sketch{.method = "ACK"});
  CHECK(bench.receive(Sketch{}).kind == Kind::new_request);
}

}  // namespace memory_test
