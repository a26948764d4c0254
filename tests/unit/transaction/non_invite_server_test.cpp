#include "transaction/non_invite_server.h"

#include <catch2/catch.hpp>

namespace non_invite_server_test {

using namespace sip;
using State = NonInviteServer::State;
using Step = NonInviteServer::Step;

namespace {

constexpr Instant start{Milliseconds(10'000)};

NonInviteServer over(Protocol protocol) { return {start, protocol, Timers{}}; }

}  // namespace

TEST_CASE("a repeat is discarded while there is no response, and answered with the last one after") {
  NonInviteServer server = over(Protocol::udp);
  CHECK(server.on_request() == Step::none);
  CHECK(server.on_response(start, 100) == Step::send);
  CHECK(server.state() == State::proceeding);
  CHECK(server.on_request() == Step::retransmit);
  CHECK(server.on_response(start, 100) == Step::send);
  CHECK(server.on_response(start, 200) == Step::send);
  CHECK(server.state() == State::completed);
  CHECK(server.on_request() == Step::retransmit);
}

TEST_CASE("a second final response is discarded") {
  NonInviteServer server = over(Protocol::udp);
  CHECK(server.on_response(start, 404) == Step::send);
  CHECK(server.on_response(start, 200) == Step::none);
  CHECK(server.on_response(start, 100) == Step::none);
  CHECK(server.on_request() == Step::retransmit);
}

TEST_CASE("over UDP a finished transaction answers repeats for 64*T1") {
  NonInviteServer server = over(Protocol::udp);
  server.on_response(start + Milliseconds(250), 200);
  CHECK(server.deadline() == start + Milliseconds(32'250));
  CHECK(server.on_deadline(start + Milliseconds(32'249)) == Step::none);
  CHECK(server.on_request() == Step::retransmit);
  CHECK(server.on_deadline(start + Milliseconds(32'250)) == Step::none);
  CHECK(server.state() == State::terminated);
  CHECK(server.on_request() == Step::none);
  CHECK_FALSE(server.deadline());
}

TEST_CASE("over a reliable transport the final response ends the transaction at once") {
  NonInviteServer server = over(Protocol::wss);
  CHECK(server.on_response(start, 200) == Step::send);
  CHECK(server.state() == State::terminated);
  CHECK_FALSE(server.deadline());
}

TEST_CASE("100 is due when a client's E has grown to T2, over every transport, unless one was sent") {
  const Protocol protocol = GENERATE(Protocol::udp, Protocol::tcp, Protocol::ws);
  NonInviteServer server = over(protocol);
  CHECK(server.deadline() == start + Milliseconds(3500));
  CHECK(server.on_deadline(start + Milliseconds(3499)) == Step::none);
  CHECK(server.on_deadline(start + Milliseconds(3500)) == Step::trying_due);
  CHECK(server.on_deadline(start + Milliseconds(3501)) == Step::none);
  CHECK(server.state() == State::trying);

  NonInviteServer answered = over(protocol);
  answered.on_response(start, 100);
  CHECK(answered.on_deadline(start + Milliseconds(3500)) == Step::none);
}

TEST_CASE("a transaction that nobody answers ends by itself, long after its client has given up") {
  const int provisional = GENERATE(0, 100);
  NonInviteServer server = over(Protocol::udp);
  if (provisional != 0) server.on_response(start, provisional);
  Instant now = start;
  while (server.deadline()) {
    REQUIRE(*server.deadline() > now);
    now = *server.deadline();
    CHECK(server.on_deadline(now) != Step::send);
  }
  CHECK(now - start == Milliseconds(64'000));
  CHECK(server.state() == State::terminated);
}

}  // namespace non_invite_server_test
