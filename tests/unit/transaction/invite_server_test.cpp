#include "transaction/invite_server.h"

#include <catch2/catch.hpp>
#include <vector>

#include "machine_bench.h"

namespace invite_server_test {

using namespace sip;
using sip::test::start;
using Bench = sip::test::MachineBench<InviteServer>;
using State = InviteServer::State;
using Step = InviteServer::Step;

TEST_CASE("an INVITE that waits for its first response asks for a 100 after 200 ms (17.2.1)") {
  const Protocol protocol = GENERATE(Protocol::udp, Protocol::ws);
  Bench bench(protocol);
  CHECK(bench.machine.deadline() == start + Milliseconds(200));
  CHECK(bench.machine.on_deadline(start + Milliseconds(199)) == Step::none);
  CHECK(bench.machine.on_deadline(start + Milliseconds(200)) == Step::trying_due);
  CHECK(bench.machine.on_deadline(start + Milliseconds(201)) == Step::none);
  CHECK_FALSE(bench.machine.deadline());

  Bench answered(protocol);
  CHECK(answered.machine.on_response(start + Milliseconds(100), 180) == Step::send);
  CHECK_FALSE(answered.machine.deadline());
  CHECK(answered.machine.on_deadline(start + Milliseconds(200)) == Step::none);
}

TEST_CASE("a repeated INVITE gets the last provisional response, and nothing before the first") {
  Bench bench(Protocol::udp);
  CHECK(bench.machine.on_request() == Step::none);
  CHECK(bench.machine.on_response(start, 100) == Step::send);
  CHECK(bench.machine.on_request() == Step::retransmit);
  CHECK(bench.machine.on_response(start, 180) == Step::send);
  CHECK(bench.machine.state() == State::proceeding);
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
  CHECK(bench.machine.on_response(start, status) == Step::send);
  CHECK(bench.machine.state() == State::completed);
  CHECK(bench.machine.on_request() == Step::retransmit);
  CHECK(bench.machine.on_response(start, 200) == Step::none);
  CHECK(bench.retransmissions() == row.resent);
  CHECK(bench.last == Step::unacknowledged);
  CHECK(bench.now - start == Milliseconds(row.given_up));
  CHECK(bench.machine.state() == State::terminated);
  CHECK_FALSE(bench.machine.deadline());
}

TEST_CASE("a refusal over a reliable transport is sent once, and the user is told at H all the same") {
  const Protocol protocol = GENERATE(Protocol::tcp, Protocol::tls, Protocol::ws, Protocol::wss);
  Bench bench(protocol);
  CHECK(bench.machine.on_response(start, 405) == Step::send);
  CHECK(bench.retransmissions().empty());
  CHECK(bench.last == Step::unacknowledged);
  CHECK(bench.now - start == Milliseconds(32'000));
}

TEST_CASE("the ACK of a refusal ends its resending, and further ones are absorbed over UDP for T4") {
  Bench bench(Protocol::udp);
  CHECK(bench.machine.on_ack(start) == Step::none);
  CHECK(bench.machine.state() == State::proceeding);
  bench.machine.on_response(start, 405);
  CHECK(bench.machine.on_ack(start + Milliseconds(300)) == Step::none);
  CHECK(bench.machine.state() == State::confirmed);
  CHECK(bench.machine.on_ack(start + Milliseconds(400)) == Step::none);
  CHECK(bench.machine.on_request() == Step::none);
  CHECK(bench.machine.on_response(start, 405) == Step::none);
  CHECK(bench.machine.on_deadline(start + Milliseconds(500)) == Step::none);
  CHECK(bench.machine.state() == State::confirmed);
  CHECK(bench.sleep() == Step::none);
  CHECK(bench.now - start == Milliseconds(5300));
  CHECK(bench.machine.state() == State::terminated);
}

TEST_CASE("the ACK of a refusal over a reliable transport ends the transaction at once") {
  Bench bench(Protocol::tcp);
  bench.machine.on_response(start, 405);
  CHECK(bench.machine.on_ack(start) == Step::none);
  CHECK(bench.machine.state() == State::terminated);
  CHECK(bench.machine.on_ack(start) == Step::none);
}

TEST_CASE("a 2xx is resent by the user alone, its ACKs are passed up, until L (RFC 6026 7.1)") {
  const Protocol protocol = GENERATE(Protocol::udp, Protocol::tcp, Protocol::wss);
  Bench bench(protocol);
  bench.machine.on_response(start, 180);
  CHECK(bench.machine.on_response(start + Milliseconds(10), 200) == Step::send);
  CHECK(bench.machine.state() == State::accepted);
  CHECK(bench.machine.on_request() == Step::none);
  CHECK(bench.machine.on_response(start + Milliseconds(510), 200) == Step::send);
  CHECK(bench.machine.on_response(start + Milliseconds(510), 486) == Step::none);
  CHECK(bench.machine.on_response(start + Milliseconds(510), 180) == Step::none);
  CHECK(bench.machine.on_ack(start + Milliseconds(600)) == Step::deliver);
  CHECK(bench.machine.on_ack(start + Milliseconds(700)) == Step::deliver);
  CHECK(bench.sleep() == Step::none);
  CHECK(bench.now - start == Milliseconds(32'010));
  CHECK(bench.machine.state() == State::terminated);
  CHECK(bench.machine.on_ack(bench.now) == Step::none);
}

}  // namespace invite_server_test
