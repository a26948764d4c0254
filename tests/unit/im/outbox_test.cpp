#include "im/outbox.h"

#include <catch2/catch.hpp>

#include "outbox_bench.h"

namespace outbox_test {

using namespace sip;

TEST_CASE("a message goes from queued over sending to delivered") {
  Bench bench;
  REQUIRE(bench.add("one"));
  CHECK(bench.change().state == DeliveryState::queued);
  const auto outgoing = bench.outbox.next(bench.now);
  REQUIRE(outgoing);
  CHECK(outgoing->draft.id == "one");
  CHECK(outgoing->draft.body == "text of one");
  CHECK(outgoing->recipient == bob);
  CHECK(bench.change().state == DeliveryState::sending);
  bench.answer("one", 200);
  const Delivery delivery = bench.change();
  CHECK(delivery.id == "one");
  CHECK(delivery.state == DeliveryState::delivered);
  CHECK(delivery.reason == FailureReason::none);
  CHECK(delivery.status == 200);
  CHECK(delivery.phrase == "Phrase");
  CHECK(bench.is_quiet());
  CHECK_FALSE(bench.outbox.deadline());
}

TEST_CASE("202 says stored, every other 2xx delivered") {
  const auto [status, state] = GENERATE(table<int, DeliveryState>({{200, DeliveryState::delivered},
                                                                   {202, DeliveryState::stored},
                                                                   {204, DeliveryState::delivered},
                                                                   {299, DeliveryState::delivered}}));
  CAPTURE(status);
  Bench bench;
  bench.add("one");
  CHECK(bench.send_and_answer("one", status).state == state);
}

TEST_CASE("messages to one person go out one at a time and in order") {
  // RFC 3428 8: no new MESSAGE to a recipient before the final response to the last one.
  Bench bench;
  bench.add("one");
  bench.add("two");
  bench.add("three");
  CHECK(bench.next() == "one");
  CHECK(bench.next().empty());
  CHECK_FALSE(bench.outbox.deadline());
  bench.answer("one", 200);
  CHECK(bench.next() == "two");
  CHECK(bench.next().empty());
  bench.answer("two", 404);
  CHECK(bench.next() == "three");
}

TEST_CASE("messages to different people do not wait for each other") {
  Bench bench;
  bench.add("to bob", bob);
  bench.add("to carol", carol);
  bench.add("to bob again", bob);
  CHECK(bench.next() == "to bob");
  CHECK(bench.next() == "to carol");
  CHECK(bench.next().empty());
  bench.answer("to carol", 200);
  CHECK(bench.next().empty());
  bench.answer("to bob", 200);
  CHECK(bench.next() == "to bob again");
}

TEST_CASE("a message that has to be tried again holds back the later ones to the same person only") {
  Bench bench;
  bench.add("one", bob);
  bench.add("two", bob);
  bench.send_and_answer("one", 503);
  bench.add("three", carol);
  CHECK(bench.next() == "three");
  CHECK(bench.next().empty());
  bench.now.mono += bench.wait();
  CHECK(bench.next() == "one");
}

TEST_CASE("a message without answer is tried after 2, 4, 8, 16 and 30 seconds, six times in all") {
  Bench bench;
  bench.add("one");
  bench.forget_changes();
  for (const int seconds : {2, 4, 8, 16, 30}) {
    CAPTURE(seconds);
    REQUIRE(bench.next() == "one");
    CHECK(bench.change().state == DeliveryState::sending);
    bench.outbox.unanswered(bench.now, "one");
    const Delivery delivery = bench.change();
    CHECK(delivery.state == DeliveryState::queued);
    CHECK(delivery.reason == FailureReason::no_answer);
    CHECK(delivery.status == 0);
    REQUIRE(bench.wait() == Seconds(seconds));
    bench.now.mono += Seconds(seconds) - Milliseconds(1);
    CHECK(bench.next().empty());
    bench.now.mono += Milliseconds(1);
  }
  REQUIRE(bench.next() == "one");
  bench.forget_changes();
  bench.outbox.unanswered(bench.now, "one");
  const Delivery last = bench.change();
  CHECK(last.state == DeliveryState::failed);
  CHECK(last.reason == FailureReason::no_answer);
  CHECK_FALSE(bench.outbox.deadline());
}

TEST_CASE("the last try lets the next message to the same person go, with tries of its own") {
  Bench bench;
  bench.add("one");
  bench.add("two");
  for (unsigned i = 1; i < Outbox::max_tries; ++i) {
    CHECK(bench.send_and_answer("one", 480).state == DeliveryState::queued);
    bench.now.mono += bench.wait();
  }
  const Delivery last = bench.send_and_answer("one", 480);
  CHECK(last.state == DeliveryState::failed);
  CHECK(last.reason == FailureReason::offline);
  CHECK(last.status == 480);
  CHECK(bench.send_and_answer("two", 480).state == DeliveryState::queued);
  CHECK(bench.wait() == Seconds(2));
}

TEST_CASE(
    "one person is one queue, however their URI is spelled, and each message goes to the URI it was given") {
  Bench bench;
  bench.add("one", "sip:bob@example.org");
  bench.add("two", "sip:%62ob@EXAMPLE.org:5060;transport=tcp");
  CHECK(bench.next() == "one");
  CHECK(bench.next().empty());
  bench.answer("one", 200);
  const auto second = bench.outbox.next(bench.now);
  REQUIRE(second);
  CHECK(second->recipient == "sip:%62ob@EXAMPLE.org:5060;transport=tcp");
}

}  // namespace outbox_test
