#include <catch2/catch.hpp>

#include "outbox_bench.h"

namespace outbox_cancel_test {

using namespace sip;

namespace {

/// A message under way that the person has taken back.
Bench with_cancelled() {
  Bench bench;
  bench.add("one");
  bench.add("two");
  REQUIRE(bench.next() == "one");
  bench.forget_changes();
  bench.outbox.cancel("one");
  const Delivery delivery = bench.change();
  CHECK(delivery.state == DeliveryState::sending);
  CHECK(delivery.reason == FailureReason::cancelled);
  CHECK_FALSE(bench.outbox.is_wanted("one"));
  return bench;
}

}  // namespace

TEST_CASE("a message that waits is taken out, and the others keep their order") {
  Bench bench;
  for (const char* id : {"one", "two", "three"}) bench.add(id);
  REQUIRE(bench.next() == "one");
  bench.forget_changes();
  bench.outbox.cancel("two");
  const Delivery delivery = bench.change();
  CHECK(delivery.id == "two");
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.reason == FailureReason::cancelled);
  bench.answer("one", 200);
  CHECK(bench.next() == "three");
}

TEST_CASE("a message that waits for another try lets the next one go when it is cancelled") {
  Bench bench;
  bench.add("one");
  bench.add("two");
  bench.send_and_answer("one", 480, Seconds(3600));
  CHECK(bench.next().empty());
  bench.outbox.cancel("one");
  CHECK(bench.next() == "two");
}

TEST_CASE("a cancelled message that arrives all the same says so") {
  const auto [status, state] =
      GENERATE(table<int, DeliveryState>({{200, DeliveryState::delivered}, {202, DeliveryState::stored}}));
  Bench bench = with_cancelled();
  CHECK(bench.next().empty());  // RFC 3428 8: its request is pending
  bench.answer("one", status);
  CHECK(bench.change().state == state);
  CHECK(bench.next() == "two");
}

TEST_CASE("a cancelled message gets no further try, whatever else happens") {
  Bench bench = with_cancelled();
  switch (GENERATE(0, 1, 2, 3, 4, 5)) {
    case 0: bench.answer("one", 503); break;
    case 1: bench.answer("one", 403); break;
    case 2: bench.outbox.unanswered(bench.now, "one"); break;
    case 3: bench.outbox.connection_lost(); break;
    case 4: bench.outbox.fail("one", FailureReason::wrong_password, 407, {}); break;
    case 5: bench.outbox.answered(bench.now, "one", {.status = 302, .targets = {carol}}); break;
  }
  const Delivery delivery = bench.change();
  CHECK(delivery.id == "one");
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.reason == FailureReason::cancelled);
  CHECK(bench.next() == "two");
}

TEST_CASE("a cancelled message may be sent again") {
  Bench bench;
  bench.add("one");
  bench.outbox.cancel("one");
  REQUIRE(bench.add("one"));
  CHECK(bench.next() == "one");
  CHECK(bench.outbox.is_wanted("one"));
}

TEST_CASE("what is not there, or is no message of the person's, is not cancelled") {
  Bench bench;
  REQUIRE(bench.outbox.add(bench.now, {.id = "receipt"}, bob, Outbox::Purpose::notification));
  bench.outbox.cancel("receipt");
  bench.outbox.cancel("unknown");
  CHECK(bench.is_quiet());
  CHECK(bench.next() == "receipt");
}

}  // namespace outbox_cancel_test
