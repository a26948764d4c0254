#include <catch2/catch.hpp>

#include "outbox_bench.h"

namespace outbox_wait_test {

using namespace sip;

TEST_CASE("Retry-After is waited for whole, up to an hour, and never less than the back-off") {
  // RFC 3261 20.33.
  const auto [told, waited] =
      GENERATE(table<int, int>({{0, 2}, {1, 2}, {2, 2}, {7, 7}, {121, 121}, {3599, 3599}, {3600, 3600}}));
  CAPTURE(told);
  Bench bench;
  bench.add("one");
  const Delivery delivery = bench.send_and_answer("one", 480, Seconds(told));
  CHECK(delivery.state == DeliveryState::queued);
  CHECK(delivery.reason == FailureReason::offline);
  REQUIRE(delivery.retry_at == bench.now.wall + Seconds(waited));
  CHECK(bench.wait() == Seconds(waited));
  bench.now.mono += Seconds(waited) - Milliseconds(1);
  CHECK(bench.next().empty());
  bench.now.mono += Milliseconds(1);
  CHECK(bench.next() == "one");
}

TEST_CASE(
    "a Retry-After of more than an hour fails the message, with the time from which another try makes "
    "sense") {
  const auto seconds = GENERATE(values<std::int64_t>({3601, 86'400, 4'294'967'295}));
  const int status = GENERATE(values({404, 413, 480, 486, 500, 503}));
  CAPTURE(seconds, status);
  Bench bench;
  bench.add("one");
  const Delivery delivery = bench.send_and_answer("one", status, Seconds(seconds));
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.retry_at == bench.now.wall + Seconds(seconds));
}

TEST_CASE("404, 413 and 486 are waited out where they say Retry-After") {
  // RFC 3261 20.33, 21.4.11.
  const auto [status, reason] = GENERATE(table<int, FailureReason>(
      {{404, FailureReason::offline}, {413, FailureReason::server_trouble}, {486, FailureReason::offline}}));
  CAPTURE(status);
  Bench bench;
  bench.add("one");
  const Delivery delivery = bench.send_and_answer("one", status, Seconds(60));
  CHECK(delivery.state == DeliveryState::queued);
  CHECK(delivery.reason == reason);
  CHECK(bench.wait() == Seconds(60));
}

TEST_CASE("who declines is not asked again, but it is told when they may be") {
  // RFC 3261 21.6.1, 21.6.2.
  const int status = GENERATE(values({600, 603}));
  Bench bench;
  bench.add("one");
  const Delivery delivery = bench.send_and_answer("one", status, Seconds(60));
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.reason == FailureReason::declined);
  CHECK(delivery.retry_at == bench.now.wall + Seconds(60));
}

TEST_CASE("Retry-After turns no other refusal into a wait") {
  const int status = GENERATE(values({400, 403, 405, 410, 415, 501, 505, 513, 604, 606}));
  CAPTURE(status);
  Bench bench;
  bench.add("one");
  CHECK(bench.send_and_answer("one", status, Seconds(1)).state == DeliveryState::failed);
}

TEST_CASE("a back-off tells when it ends") {
  Bench bench;
  bench.add("one");
  CHECK(bench.send_and_answer("one", 408).retry_at == bench.now.wall + Seconds(2));
  bench.now.mono += Seconds(2);
  REQUIRE(bench.next() == "one");
  bench.forget_changes();
  bench.outbox.unanswered(bench.now, "one");
  CHECK(bench.change().retry_at == bench.now.wall + Seconds(4));
}

TEST_CASE("a server that answers 503 with Retry-After gets nothing before that, from nobody to nobody") {
  // RFC 3261 21.5.4.
  Bench bench;
  bench.add("one", bob);
  bench.add("two", carol);
  bench.send_and_answer("one", 503, Seconds(100));
  CHECK(bench.next().empty());
  CHECK(bench.wait() == Seconds(100));
  CHECK_FALSE(
      bench.outbox.add(bench.now, {.id = "typing"}, "sip:dave@example.org", Outbox::Purpose::composing));
  bench.outbox.connection_lost();
  CHECK(bench.next().empty());
  bench.now.mono += Seconds(100);
  CHECK(bench.next() == "one");
  CHECK(bench.next() == "two");
}

TEST_CASE("other answers with Retry-After let everybody else go on") {
  const int status = GENERATE(values({480, 486, 500}));
  Bench bench;
  bench.add("one", bob);
  bench.add("two", carol);
  bench.send_and_answer("one", status, Seconds(100));
  CHECK(bench.next() == "two");
}

TEST_CASE("503 without Retry-After is no more than 500") {
  // RFC 3261 21.5.4.
  Bench bench;
  bench.add("one", bob);
  bench.add("two", carol);
  bench.send_and_answer("one", 503);
  CHECK(bench.next() == "two");
}

TEST_CASE("no 503 silences a client for more than an hour, and another server is free at once") {
  Bench bench;
  bench.add("one", bob);
  bench.add("two", carol);
  bench.send_and_answer("one", 503, Seconds(1'000'000));
  CHECK(bench.wait() == Outbox::longest_wait);
  bench.outbox.server_changed();
  CHECK(bench.next() == "two");
}

TEST_CASE("a shorter rest does not end a longer one") {
  Bench bench;
  bench.add("one", bob);
  bench.add("two", carol);
  REQUIRE(bench.next() == "one");
  REQUIRE(bench.next() == "two");
  bench.answer("one", 503, Seconds(100));
  bench.answer("two", 503, Seconds(10));
  CHECK(bench.wait() == Seconds(100));
}

TEST_CASE("a message that ends every connection fails after so many, and lets the next one go") {
  Bench bench;
  bench.add("poison");
  bench.add("two");
  bench.add("to carol", carol);
  for (unsigned i = 1; i <= Outbox::max_losses; ++i) {
    CAPTURE(i);
    REQUIRE(bench.next() == "poison");
    if (bench.next() == "to carol") bench.answer("to carol", 200);
    bench.forget_changes();
    bench.outbox.connection_lost();
  }
  const Delivery delivery = bench.change();
  CHECK(delivery.id == "poison");
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.reason == FailureReason::no_answer);
  CHECK(bench.next() == "two");
}

TEST_CASE("any answer shows that it is not the message that ends the connection") {
  Bench bench;
  bench.add("one");
  for (int round = 0; round < 2; ++round) {
    for (unsigned i = 1; i < Outbox::max_losses; ++i) {
      REQUIRE(bench.next() == "one");
      bench.outbox.connection_lost();
    }
    CHECK(bench.send_and_answer("one", 503).state == DeliveryState::queued);
    bench.now.mono += bench.wait();
  }
  REQUIRE(bench.next() == "one");
}

}  // namespace outbox_wait_test
