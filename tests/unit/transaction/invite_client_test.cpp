#include "transaction/invite_client.h"

#include <catch2/catch.hpp>
#include <vector>

#include "machine_bench.h"

namespace invite_client_test {

using namespace sip;
using sip::test::start;
using Bench = sip::test::MachineBench<InviteClient>;
using State = InviteClient::State;
using Step = InviteClient::Step;

TEST_CASE("an unanswered INVITE over UDP is resent at A, doubling without limit, and given up at B") {
  struct Row {
    int t1;
    std::vector<int> resent;
    int given_up;
  };
  const Row row = GENERATE(Row{500, {500, 1500, 3500, 7500, 15'500, 31'500}, 32'000},
                           Row{100, {100, 300, 700, 1500, 3100, 6300}, 6400},
                           Row{2000, {2000, 6000, 14'000, 30'000, 62'000, 126'000}, 128'000});
  Bench bench(Protocol::udp, Timers{.t1 = Milliseconds(row.t1)});
  CHECK(bench.machine.state() == State::calling);
  CHECK(bench.retransmissions() == row.resent);
  CHECK(bench.last == Step::timed_out);
  CHECK(bench.now - start == Milliseconds(row.given_up));
  CHECK(bench.machine.state() == State::terminated);
  CHECK_FALSE(bench.machine.deadline());
}

TEST_CASE("an unanswered INVITE over a reliable transport is never resent, and given up at B") {
  const Protocol protocol = GENERATE(Protocol::tcp, Protocol::tls, Protocol::ws, Protocol::wss);
  Bench bench(protocol);
  CHECK(bench.retransmissions().empty());
  CHECK(bench.last == Step::timed_out);
  CHECK(bench.now - start == Milliseconds(32'000));
}

TEST_CASE("once proceeding an INVITE is not resent, and every provisional response is delivered") {
  Bench bench(Protocol::udp);
  CHECK(bench.machine.on_response(start + Milliseconds(100), 100) == Step::deliver);
  CHECK(bench.machine.state() == State::proceeding);
  CHECK_FALSE(bench.machine.deadline());
  CHECK(bench.machine.on_deadline(start + Milliseconds(500)) == Step::none);
  CHECK(bench.machine.on_response(start + Milliseconds(900), 180) == Step::deliver);
  CHECK(bench.machine.on_response(start + Milliseconds(900), 180) == Step::deliver);
  // B is of the Calling state alone.
  CHECK(bench.machine.on_deadline(start + Milliseconds(99'000)) == Step::none);
  CHECK(bench.machine.on_response(start + Milliseconds(99'000), 200) == Step::deliver);
}

TEST_CASE("a refusal is delivered and acknowledged, each repeat acknowledged alone, over UDP until D") {
  struct Row {
    int t1;
    int timer_d;
  };
  // 17.1.1.2: at least 32 seconds, whatever our own T1.
  const Row row = GENERATE(Row{500, 32'000}, Row{100, 32'000}, Row{1000, 64'000});
  const int status = GENERATE(300, 404, 503, 699);
  const bool is_proceeding = GENERATE(false, true);
  CAPTURE(status, is_proceeding);
  Bench bench(Protocol::udp, Timers{.t1 = Milliseconds(row.t1)});
  if (is_proceeding) bench.machine.on_response(start, 180);
  CHECK(bench.machine.on_response(start + Milliseconds(50), status) == Step::refused);
  CHECK(bench.machine.state() == State::completed);
  CHECK(bench.machine.on_response(start + Milliseconds(60), status) == Step::acknowledge);
  CHECK(bench.machine.on_response(start + Milliseconds(60), 180) == Step::none);
  CHECK(bench.machine.on_response(start + Milliseconds(60), 200) == Step::none);
  CHECK(bench.sleep() == Step::none);
  CHECK(bench.now - start == Milliseconds(50 + row.timer_d));
  CHECK(bench.machine.state() == State::terminated);
  CHECK(bench.machine.on_response(bench.now, status) == Step::none);
}

TEST_CASE("a refusal over a reliable transport is acknowledged and ends the transaction at once") {
  Bench bench(Protocol::ws);
  CHECK(bench.machine.on_response(start, 486) == Step::refused);
  CHECK(bench.machine.state() == State::terminated);
  CHECK_FALSE(bench.machine.deadline());
}

TEST_CASE("every 2xx is delivered until M, over every transport (RFC 6026 7.2)") {
  const Protocol protocol = GENERATE(Protocol::udp, Protocol::tcp, Protocol::wss);
  const bool is_proceeding = GENERATE(false, true);
  Bench bench(protocol);
  if (is_proceeding) bench.machine.on_response(start, 100);
  CHECK(bench.machine.on_response(start + Milliseconds(10), 200) == Step::deliver);
  CHECK(bench.machine.state() == State::accepted);
  CHECK(bench.machine.on_response(start + Milliseconds(20), 200) == Step::deliver);
  CHECK(bench.machine.on_response(start + Milliseconds(30), 299) == Step::deliver);
  CHECK(bench.machine.on_response(start + Milliseconds(40), 180) == Step::none);
  CHECK(bench.machine.on_response(start + Milliseconds(40), 486) == Step::none);
  CHECK(bench.machine.on_deadline(start + Milliseconds(32'009)) == Step::none);
  CHECK(bench.machine.state() == State::accepted);
  CHECK(bench.sleep() == Step::none);
  CHECK(bench.now - start == Milliseconds(32'010));
  CHECK(bench.machine.state() == State::terminated);
  CHECK(bench.machine.on_response(bench.now, 200) == Step::none);
}

}  // namespace invite_client_test
