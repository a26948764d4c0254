#include "transaction/non_invite_client.h"

#include <catch2/catch.hpp>
#include <vector>

#include "machine_bench.h"

namespace non_invite_client_test {

using namespace sip;
using sip::test::start;
using Bench = sip::test::MachineBench<NonInviteClient>;
using State = NonInviteClient::State;
using Step = NonInviteClient::Step;

TEST_CASE("an unanswered request over UDP is resent at E and given up at F") {
  Bench bench(Protocol::udp);
  CHECK(bench.machine.state() == State::trying);
  CHECK(bench.retransmissions() ==
        std::vector<int>{500, 1500, 3500, 7500, 11'500, 15'500, 19'500, 23'500, 27'500, 31'500});
  CHECK(bench.last == Step::timed_out);
  CHECK(bench.now - start == Milliseconds(32'000));
  CHECK(bench.machine.state() == State::terminated);
  CHECK_FALSE(bench.machine.deadline());
}

TEST_CASE("an unanswered request over a reliable transport is never resent, and given up at F") {
  const Protocol protocol = GENERATE(Protocol::tcp, Protocol::tls, Protocol::ws, Protocol::wss);
  Bench bench(protocol);
  CHECK(bench.retransmissions().empty());
  CHECK(bench.last == Step::timed_out);
  CHECK(bench.now - start == Milliseconds(32'000));
}

TEST_CASE("once proceeding a request is resent every T2, and still given up at F") {
  Bench bench(Protocol::udp);
  CHECK(bench.machine.on_response(start + Milliseconds(100), 100) == Step::deliver);
  CHECK(bench.machine.state() == State::proceeding);
  CHECK(bench.machine.on_response(start + Milliseconds(200), 100) == Step::none);
  CHECK(bench.retransmissions() == std::vector<int>{500, 4500, 8500, 12'500, 16'500, 20'500, 24'500, 28'500});
  CHECK(bench.last == Step::timed_out);
  CHECK(bench.now - start == Milliseconds(32'000));
}

TEST_CASE("a final response is delivered once, and its repeats are absorbed over UDP for T4") {
  const int status = GENERATE(200, 302, 404, 503, 603);
  const bool is_proceeding = GENERATE(false, true);
  CAPTURE(status, is_proceeding);
  Bench bench(Protocol::udp);
  if (is_proceeding) bench.machine.on_response(start, 100);
  CHECK(bench.machine.on_response(start + Milliseconds(700), status) == Step::deliver);
  CHECK(bench.machine.state() == State::completed);
  CHECK(bench.machine.on_response(start + Milliseconds(800), status) == Step::none);
  CHECK(bench.sleep() == Step::none);
  CHECK(bench.now - start == Milliseconds(5700));
  CHECK(bench.machine.state() == State::terminated);
  CHECK_FALSE(bench.machine.deadline());
}

TEST_CASE("a final response over a reliable transport ends the transaction at once") {
  Bench bench(Protocol::ws);
  CHECK(bench.machine.on_response(start, 200) == Step::deliver);
  CHECK(bench.machine.state() == State::terminated);
  CHECK(bench.machine.on_response(start, 200) == Step::none);
  CHECK_FALSE(bench.machine.deadline());
}

}  // namespace non_invite_client_test
