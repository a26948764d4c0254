#include <catch2/catch.hpp>

#include "outbox_bench.h"

namespace outbox_outcome_test {

using namespace sip;

TEST_CASE("a status that no later try can change fails with its reason at once") {
  const auto [status, reason] = GENERATE(table<int, FailureReason>({
      {300, FailureReason::moved},          {302, FailureReason::moved},
      {380, FailureReason::moved},          {400, FailureReason::other},
      {401, FailureReason::wrong_password}, {403, FailureReason::refused},
      {404, FailureReason::unknown_user},   {405, FailureReason::other},
      {407, FailureReason::wrong_password}, {410, FailureReason::unknown_user},
      {413, FailureReason::too_long},       {415, FailureReason::not_understood},
      {416, FailureReason::bad_recipient},  {420, FailureReason::other},
      {484, FailureReason::bad_recipient},  {486, FailureReason::offline},
      {488, FailureReason::not_understood}, {501, FailureReason::server_trouble},
      {502, FailureReason::server_trouble}, {505, FailureReason::server_trouble},
      {513, FailureReason::too_long},       {600, FailureReason::declined},
      {603, FailureReason::declined},       {604, FailureReason::unknown_user},
      {606, FailureReason::not_understood}, {699, FailureReason::declined},
  }));
  CAPTURE(status);
  Bench bench;
  bench.add("one");
  bench.add("two");
  const Delivery delivery = bench.send_and_answer("one", status);
  CHECK(delivery.id == "one");
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.reason == reason);
  CHECK(delivery.status == status);
  CHECK(delivery.phrase == "Phrase");
  CHECK(bench.next() == "two");
}

TEST_CASE("a status that may pass is waited out, and its reason told meanwhile") {
  const auto [status, reason] = GENERATE(table<int, FailureReason>({
      {408, FailureReason::no_answer},
      {480, FailureReason::offline},
      {500, FailureReason::server_trouble},
      {503, FailureReason::server_trouble},
      {504, FailureReason::server_trouble},
  }));
  CAPTURE(status);
  Bench bench;
  bench.add("one");
  const Delivery delivery = bench.send_and_answer("one", status);
  CHECK(delivery.state == DeliveryState::queued);
  CHECK(delivery.reason == reason);
  CHECK(delivery.status == status);
  bench.now.mono += bench.wait();
  CHECK(bench.send_and_answer("one", 200).state == DeliveryState::delivered);
}

TEST_CASE("refused credentials fail the message and let the next one go") {
  Bench bench;
  bench.add("one");
  bench.add("two");
  REQUIRE(bench.next() == "one");
  bench.forget_changes();
  bench.outbox.fail("one", FailureReason::wrong_password, 407, "Proxy Authentication Required");
  const Delivery delivery = bench.change();
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.reason == FailureReason::wrong_password);
  CHECK(delivery.status == 407);
  CHECK(delivery.phrase == "Proxy Authentication Required");
  CHECK(bench.next() == "two");
}

TEST_CASE("a lost connection puts every message under way back to queued, ahead of the later ones") {
  Bench bench;
  bench.add("one", bob);
  bench.add("two", bob);
  bench.add("three", carol);
  REQUIRE(bench.next() == "one");
  REQUIRE(bench.next() == "three");
  bench.forget_changes();
  bench.outbox.connection_lost();
  for (const char* id : {"one", "three"}) {
    const Delivery delivery = bench.change();
    CHECK(delivery.id == id);
    CHECK(delivery.state == DeliveryState::queued);
    CHECK(delivery.reason == FailureReason::none);
  }
  CHECK(bench.is_quiet());
  CHECK(bench.next() == "one");
  CHECK(bench.next() == "three");
  CHECK(bench.next().empty());
}

TEST_CASE("a lost connection counts as no try, and leaves a back-off as it is") {
  Bench bench;
  bench.add("one");
  for (unsigned i = 0; i < 2 * Outbox::max_tries; ++i) {
    REQUIRE(bench.next() == "one");
    bench.outbox.connection_lost();
  }
  bench.send_and_answer("one", 503);
  CHECK(bench.wait() == Seconds(2));
  bench.outbox.connection_lost();
  CHECK(bench.wait() == Seconds(2));
  CHECK(bench.next().empty());
  CHECK(bench.is_quiet());
  bench.now.mono += Seconds(2);
  bench.send_and_answer("one", 503);
  CHECK(bench.wait() == Seconds(4));
}

TEST_CASE("an id is refused a second time while its message is under way, whoever it is for") {
  Bench bench;
  REQUIRE(bench.add("one", bob));
  bench.forget_changes();
  CHECK_FALSE(bench.add("one", bob));
  CHECK_FALSE(bench.add("one", carol));
  REQUIRE(bench.next() == "one");
  CHECK_FALSE(bench.add("one", carol));
  CHECK(bench.change().state == DeliveryState::sending);
  CHECK(bench.is_quiet());
  CHECK(bench.next().empty());
}

TEST_CASE("a failed message may be sent again under its id, with all its tries") {
  Bench bench;
  bench.add("one");
  for (unsigned i = 1; i < Outbox::max_tries; ++i) {
    bench.send_and_answer("one", 480);
    bench.now.mono += bench.wait();
  }
  REQUIRE(bench.send_and_answer("one", 480).state == DeliveryState::failed);
  REQUIRE(bench.add("one"));
  CHECK(bench.change().state == DeliveryState::queued);
  CHECK(bench.send_and_answer("one", 480).state == DeliveryState::queued);
  CHECK(bench.wait() == Seconds(2));
}

TEST_CASE("a message that cannot be sent fails without having been queued") {
  Bench bench;
  bench.outbox.refuse("one", FailureReason::too_long, 17);
  const Delivery delivery = bench.change();
  CHECK(delivery.id == "one");
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.reason == FailureReason::too_long);
  CHECK(delivery.excess == 17);
  CHECK(bench.is_quiet());
  CHECK(bench.next().empty());
}

TEST_CASE("refusing a message that waits or is under way lets the next one go") {
  Bench bench;
  bench.add("one");
  bench.add("two");
  bench.add("three");
  REQUIRE(bench.next() == "one");
  bench.forget_changes();
  bench.outbox.refuse("two", FailureReason::too_long, 1);
  CHECK(bench.change().id == "two");
  CHECK(bench.next().empty());
  bench.outbox.refuse("one", FailureReason::too_long, 1);
  const Delivery delivery = bench.change();
  CHECK(delivery.id == "one");
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(bench.next() == "three");
  bench.outbox.refuse("three", FailureReason::too_long, 1);
  CHECK(bench.next().empty());
  CHECK_FALSE(bench.outbox.deadline());
}

TEST_CASE("an answer for a message that is not there changes nothing") {
  Bench bench;
  bench.add("one");
  bench.forget_changes();
  bench.answer("other", 200);
  bench.answer("other", 503);
  bench.outbox.unanswered(bench.now, "other");
  bench.outbox.fail("other", FailureReason::wrong_password, 401, "Unauthorized");
  CHECK(bench.is_quiet());
  CHECK(bench.next() == "one");
}

}  // namespace outbox_outcome_test
