#include "transaction/invite_server.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace sip;
using State = InviteServer::State;
using Step = InviteServer::Step;

namespace {

constexpr Instant start{Milliseconds(10'000)};

/// A server transaction on virtual time.
struct Bench {
  explicit Bench(Protocol protocol, const Timers& timers = {}) : server(start, protocol, timers) {}

  Step sleep() {
    REQUIRE(server.deadline());
    now = *server.deadline();
    return server.on_deadline(now);
  }
  /// The moments at which the response is sent again, until something else happens.
  std::vector<int> retransmissions() {
    std::vector<int> at;
    while ((last = sleep()) == Step::retransmit) at.push_back(static_cast<int>((now - start).count()));
    return at;
  }

  InviteServer server;
  Instant now = start;
  Step last = Step::none;
};

}  // namespace

TEST_CASE("an INVITE that waits for its first response asks for a 100 after 200 ms (17.2.1)") {
  const Protocol protocol = GENERATE(Protocol::udp, Protocol::ws);
  Bench bench(protocol);
  CHECK(bench.server.deadline() == start + Milliseconds(200));
  CHECK(bench.server.on_deadline(start + Milliseconds(199)) == Step::none);
  CHECK(bench.server.on_deadline(start + Milliseconds(200)) == Step::trying_due);
  CHECK(bench.server.on_deadline(start + Milliseconds(201)) == Step::none);
  CHECK_FALSE(bench.server.deadline());

  Bench answered(protocol);
  CHECK(answered.server.on_response(start + Milliseconds(100), 180) == Step::send);
  CHECK_FALSE(answered.server.deadline());
  CHECK(answered.server.on_deadline(start + Milliseconds(200)) == Step::none);
}

TEST_CASE("a repeated INVITE gets the last provisional response, and nothing before the first") {
  Bench bench(Protocol::udp);
  CHECK(bench.server.on_request() == Step::none);
  CHECK(bench.server.on_response(start, 100) == Step::send);
  CHECK(bench.server.on_request() == Step::retransmit);
  CHECK(bench.server.on_response(start, 180) == Step::send);
  CHECK(bench.server.state() == State::proceeding);
}

TEST_CASE("a refusal over UDP is resent at G, doubling up to T2, and the user is told at H") {
  struct Row {
    int t1;
    std::vector<int> resent;
    int given_up;
  };
  const Row row =
      GENERATE(Row{500, {500, 1500, 3500, 7500, 11'500, 15'500, 19'500, 23'500, 27'500, 31'500}, 32'000},
               Row{100, {100, 300, 700, 1500, 3100, 6300}, 6400});
  const int status = GENERATE(300, 405, 503, 603);
  Bench bench(Protocol::udp, Timers{.t1 = Milliseconds(row.t1)});
  CHECK(bench.server.on_response(start, status) == Step::send);
  CHECK(bench.server.state() == State::completed);
  CHECK(bench.server.on_request() == Step::retransmit);
  CHECK(bench.server.on_response(start, 200) == Step::none);
  CHECK(bench.retransmissions() == row.resent);
  CHECK(bench.last == Step::unacknowledged);
  CHECK(bench.now - start == Milliseconds(row.given_up));
  CHECK(bench.server.state() == State::terminated);
  CHECK_FALSE(bench.server.deadline());
}

TEST_CASE("a refusal over a reliable transport is sent once, and the user is told at H all the same") {
  const Protocol protocol = GENERATE(Protocol::tcp, Protocol::tls, Protocol::ws, Protocol::wss);
  Bench bench(protocol);
  CHECK(bench.server.on_response(start, 405) == Step::send);
  CHECK(bench.retransmissions().empty());
  CHECK(bench.last == Step::unacknowledged);
  CHECK(bench.now - start == Milliseconds(32'000));
}

TEST_CASE("the ACK of a refusal ends its resending, and further ones are absorbed over UDP for T4") {
  Bench bench(Protocol::udp);
  CHECK(bench.server.on_ack(start) == Step::none);
  CHECK(bench.server.state() == State::proceeding);
  bench.server.on_response(start, 405);
  CHECK(bench.server.on_ack(start + Milliseconds(300)) == Step::none);
  CHECK(bench.server.state() == State::confirmed);
  CHECK(bench.server.on_ack(start + Milliseconds(400)) == Step::none);
  CHECK(bench.server.on_request() == Step::none);
  CHECK(bench.server.on_response(start, 405) == Step::none);
  CHECK(bench.server.on_deadline(start + Milliseconds(500)) == Step::none);
  CHECK(bench.server.state() == State::confirmed);
  CHECK(bench.sleep() == Step::none);
  CHECK(bench.now - start == Milliseconds(5300));
  CHECK(bench.server.state() == State::terminated);
}

TEST_CASE("the ACK of a refusal over a reliable transport ends the transaction at once") {
  Bench bench(Protocol::tcp);
  bench.server.on_response(start, 405);
  CHECK(bench.server.on_ack(start) == Step::none);
  CHECK(bench.server.state() == State::terminated);
  CHECK(bench.server.on_ack(start) == Step::none);
}

TEST_CASE("a 2xx is resent by the user alone, its ACKs are passed up, until L (RFC 6026 7.1)") {
  const Protocol protocol = GENERATE(Protocol::udp, Protocol::tcp, Protocol::wss);
  Bench bench(protocol);
  bench.server.on_response(start, 180);
  CHECK(bench.server.on_response(start + Milliseconds(10), 200) == Step::send);
  CHECK(bench.server.state() == State::accepted);
  CHECK(bench.server.on_request() == Step::none);
  CHECK(bench.server.on_response(start + Milliseconds(510), 200) == Step::send);
  CHECK(bench.server.on_response(start + Milliseconds(510), 486) == Step::none);
  CHECK(bench.server.on_response(start + Milliseconds(510), 180) == Step::none);
  CHECK(bench.server.on_ack(start + Milliseconds(600)) == Step::deliver);
  CHECK(bench.server.on_ack(start + Milliseconds(700)) == Step::deliver);
  CHECK(bench.sleep() == Step::none);
  CHECK(bench.now - start == Milliseconds(32'010));
  CHECK(bench.server.state() == State::terminated);
  CHECK(bench.server.on_ack(bench.now) == Step::none);
}
