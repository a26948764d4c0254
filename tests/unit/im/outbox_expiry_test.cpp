#include <catch2/catch.hpp>

#include "outbox_bench.h"

namespace outbox_expiry_test {

using namespace sip;

namespace {

Draft of_use_for(Seconds expires, UnixTime written, const MessageId& id = "m1") {
  return {.to = bob, .body = "x", .id = id, .first_sent = written, .expires = expires};
}

}  // namespace

TEST_CASE("a message whose time is over before it could be sent fails and never goes out") {
  Bench bench;
  bench.outbox.add(bench.now, of_use_for(Seconds(60), bench.now.wall, "m1"), bob);
  bench.outbox.add(bench.now, of_use_for(Seconds(61), bench.now.wall, "m2"), bob);
  bench.forget_changes();
  bench.now.wall += Seconds(60);
  CHECK(bench.next() == "m2");
  const Delivery expired = bench.change();
  CHECK(expired.id == "m1");
  CHECK(expired.state == DeliveryState::failed);
  CHECK(expired.reason == FailureReason::expired);
}

TEST_CASE("a message that waits behind another one, or for another try, expires there") {
  Bench bench;
  bench.add("m0");
  bench.outbox.add(bench.now, of_use_for(Seconds(1), bench.now.wall, "m1"), bob);
  bench.outbox.add(bench.now, of_use_for(Seconds(1), bench.now.wall, "m2"), carol);
  REQUIRE(bench.next() == "m0");
  REQUIRE(bench.next() == "m2");
  bench.answer("m2", 480);
  bench.forget_changes();
  bench.now.wall += Seconds(1);
  CHECK(bench.next().empty());
  CHECK(bench.change().reason == FailureReason::expired);
  CHECK(bench.change().reason == FailureReason::expired);
  CHECK(bench.is_quiet());
}

TEST_CASE("a message that is under way does not expire, its answer counts") {
  Bench bench;
  bench.outbox.add(bench.now, of_use_for(Seconds(1), bench.now.wall), bob);
  REQUIRE(bench.next() == "m1");
  bench.forget_changes();
  bench.now.wall += Seconds(2);
  CHECK(bench.next().empty());
  CHECK(bench.is_quiet());
  bench.answer("m1", 200);
  CHECK(bench.change().state == DeliveryState::delivered);
}

}  // namespace outbox_expiry_test
