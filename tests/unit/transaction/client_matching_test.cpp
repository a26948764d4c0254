#include <map>
#include <vector>

#include "base/random.h"
#include "transaction_bench.h"

namespace client_matching_test {

using namespace sip;
using namespace sip::test;
using Kind = TransactionLayer::Kind;

namespace {

const Sketch request{.via = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKmine"};
constexpr std::string_view branch = "z9hG4bKmine";

}  // namespace

TEST_CASE("a request is sent when its transaction begins, again while it is unanswered, and times out") {
  Bench bench;
  const TransactionId id = bench.request(request, branch);
  CHECK(bench.sent() == request.text());
  for (int i = 0; i < 10; ++i) {
    bench.sleep();
    const auto again = bench.expect<TransactionLayer::Send>();
    CHECK(again.text == request.text());
    CHECK(again.to == peer(Protocol::udp));
  }
  bench.sleep();
  CHECK(bench.expect<TransactionLayer::TimedOut>().client == id);
  CHECK(bench.layer.size() == 0);
}

TEST_CASE("a response belongs to the transaction with its branch and CSeq method (17.1.3)") {
  Bench bench;
  const TransactionId id = bench.request(request, branch);
  Sketch other = request;
  other.via = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKnone";
  CHECK(bench.receive(Bench::response_to(other, 200)).kind == Kind::stray_response);
  other = request;
  other.method = "OPTIONS";
  CHECK(bench.receive(Bench::response_to(other, 200)).kind == Kind::stray_response);
  const auto received = bench.receive(Bench::response_to(request, 200));
  CHECK(received.kind == Kind::response);
  CHECK(received.id == id);
  CHECK(bench.receive(Bench::response_to(request, 200)).kind == Kind::absorbed);
}

TEST_CASE("a response that comes after its transaction has ended is a stray") {
  Bench bench;
  bench.request(request, branch, Protocol::ws);
  CHECK(bench.receive(Bench::response_to(request, 200)).kind == Kind::response);
  CHECK(bench.layer.size() == 0);
  CHECK(bench.receive(Bench::response_to(request, 200)).kind == Kind::stray_response);
}

TEST_CASE("a flow that is gone fails the requests on it at once, those with an answer go on") {
  Bench bench;
  const Protocol protocol = GENERATE(Protocol::ws, Protocol::udp);
  const TransactionId waiting = bench.request(request, branch, protocol);
  bench.sent();
  bench.layer.flow_closed(FlowId{8});
  CHECK(bench.is_quiet());
  bench.layer.flow_closed(flow);
  CHECK(bench.expect<TransactionLayer::TransportFailed>().client == waiting);
  CHECK(bench.layer.size() == 0);
  CHECK(bench.receive(Bench::response_to(request, 200)).kind == Kind::stray_response);
}

TEST_CASE("of many requests on many flows those of the one that closes fail, in the order they went") {
  Bench bench;
  Random random(seed_from(7));
  std::map<TransactionId, std::uint64_t> waiting;
  std::vector<Sketch> sketches;
  for (int i = 0; i < 300; ++i) {
    Sketch sketch = request;
    const std::string own = "z9hG4bK" + std::to_string(i);
    sketch.via = "SIP/2.0/WS 192.0.2.1;branch=" + own;
    // Some of them differ by what a table may be as large as.
    const std::uint64_t number = 1 + random.below(4) * 512;
    const Peer to{FlowId{number}, {Protocol::ws, *IpAddress::parse("198.51.100.2"), 5060}};
    waiting.emplace(bench.layer.request(bench.now, to, own, "MESSAGE", sketch.text()), number);
    bench.sent();
    sketches.push_back(sketch);
  }
  for (std::size_t i = 0; i < sketches.size(); i += 1 + random.below(3))
    waiting.erase(bench.receive(Bench::response_to(sketches[i], 200)).id);
  const std::uint64_t closed = 513;
  bench.layer.flow_closed(FlowId{closed});
  for (const auto& [id, number] : waiting)
    if (number == closed) CHECK(bench.expect<TransactionLayer::TransportFailed>().client == id);
  CHECK(bench.is_quiet());
  std::erase_if(waiting, [&](const auto& entry) { return entry.second == closed; });
  CHECK(bench.layer.size() == waiting.size());
}

TEST_CASE(
    "requests that went by address fail with the connection that it led to, whatever flow they named "
    "before") {
  Bench bench;
  const Peer server{FlowId::none, {Protocol::tls, *IpAddress::parse("198.51.100.2"), 5061}, "example.org"};
  const auto send = [&](const Peer& to, int number) {
    Sketch sketch = request;
    sketch.via = "SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK" + std::to_string(number);
    const auto id =
        bench.layer.request(bench.now, to, "z9hG4bK" + std::to_string(number), "MESSAGE", sketch.text());
    bench.sent();
    return id;
  };
  Peer former = server;
  former.flow = FlowId{3};
  Peer other_name = server;
  other_name.name = "example.net";
  Peer other_port = server;
  other_port.endpoint.port = 5062;
  const TransactionId by_address = send(server, 1);
  const TransactionId by_former_flow = send(former, 2);
  send(other_name, 3);
  send(other_port, 4);
  bench.layer.disconnected({FlowId{9}, server.endpoint, server.name});
  CHECK(bench.expect<TransactionLayer::TransportFailed>().client == by_address);
  CHECK(bench.expect<TransactionLayer::TransportFailed>().client == by_former_flow);
  CHECK(bench.is_quiet());
  CHECK(bench.layer.size() == 2);
}

TEST_CASE("a peer that cannot be reached fails the requests to it, those with an answer go on") {
  Bench bench;
  const TransactionId answered = bench.request(request, branch);
  REQUIRE(bench.receive(Bench::response_to(request, 200)).id == answered);
  Sketch second = request;
  second.via = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKsecond";
  const TransactionId waiting = bench.request(second, "z9hG4bKsecond");
  bench.sent();
  bench.sent();
  bench.layer.unreachable(peer(Protocol::udp));
  CHECK(bench.expect<TransactionLayer::TransportFailed>().client == waiting);
  CHECK(bench.is_quiet());
  CHECK(bench.layer.size() == 1);
}

}  // namespace client_matching_test
