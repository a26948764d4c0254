#include <catch2/catch.hpp>

#include "outbox_bench.h"

namespace outbox_redirect_test {

using namespace sip;

namespace {

const std::string home = "sip:bob@home.example.net";
const std::string work = "sip:bob@work.example.net";

/// The Request-URI of what goes out next, which must be `id`.
std::string next_target(Bench& bench, const MessageId& id) {
  const auto outgoing = bench.outbox.next(bench.now);
  REQUIRE(outgoing);
  CHECK(outgoing->draft.id == id);
  CHECK(outgoing->recipient == bob);
  return outgoing->target;
}

void redirect(Bench& bench, const MessageId& id, std::vector<std::string> targets) {
  bench.outbox.answered(bench.now, id, {.status = 302, .targets = std::move(targets)});
}

}  // namespace

TEST_CASE("a redirected message goes out again at once, to the same person at the next place") {
  // RFC 3261 8.1.3.4.
  Bench bench;
  bench.add("one");
  CHECK(next_target(bench, "one") == bob);
  bench.forget_changes();
  redirect(bench, "one", {home});
  CHECK(bench.is_quiet());  // it is still sending
  CHECK(next_target(bench, "one") == home);
  bench.forget_changes();
  bench.answer("one", 200);
  CHECK(bench.change().state == DeliveryState::delivered);
}

TEST_CASE("a place that fails, or does not answer, leads to the next one, and the last one decides") {
  Bench bench;
  bench.add("one");
  bench.add("two");
  CHECK(next_target(bench, "one") == bob);
  redirect(bench, "one", {home, work});
  CHECK(next_target(bench, "one") == home);
  bench.outbox.unanswered(bench.now, "one");
  CHECK(next_target(bench, "one") == work);
  bench.forget_changes();
  bench.answer("one", 404);
  const Delivery delivery = bench.change();
  CHECK(delivery.id == "one");
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.reason == FailureReason::unknown_user);
  CHECK(next_target(bench, "two") == bob);
}

TEST_CASE("a 6xx from one place speaks for all of them") {
  Bench bench;
  bench.add("one");
  bench.next();
  redirect(bench, "one", {home, work});
  CHECK(next_target(bench, "one") == home);
  bench.forget_changes();
  bench.answer("one", 603);
  CHECK(bench.change().reason == FailureReason::declined);
  CHECK(bench.next().empty());
}

TEST_CASE("credentials that one place refuses may do at the next") {
  Bench bench;
  bench.add("one");
  bench.next();
  redirect(bench, "one", {home, work});
  CHECK(next_target(bench, "one") == home);
  bench.outbox.fail("one", FailureReason::wrong_password, 401, {});
  CHECK(next_target(bench, "one") == work);
}

TEST_CASE("a redirection that leads nowhere fails, and says that they have moved") {
  Bench bench;
  bench.add("one");
  bench.next();
  bench.forget_changes();
  redirect(bench, "one", {});
  const Delivery delivery = bench.change();
  CHECK(delivery.state == DeliveryState::failed);
  CHECK(delivery.reason == FailureReason::moved);
  CHECK(delivery.status == 302);
}

TEST_CASE("places that redirect to each other end the message") {
  Bench bench;
  bench.add("one");
  CHECK(next_target(bench, "one") == bob);
  redirect(bench, "one", {home});
  CHECK(next_target(bench, "one") == home);
  bench.forget_changes();
  redirect(bench, "one", {bob});
  CHECK(bench.change().reason == FailureReason::moved);
}

TEST_CASE("all places together are one try, and the next try begins at the first place") {
  Bench bench;
  bench.add("one");
  for (unsigned i = 1; i < Outbox::max_tries; ++i) {
    CAPTURE(i);
    REQUIRE(next_target(bench, "one") == bob);
    redirect(bench, "one", {home});
    REQUIRE(next_target(bench, "one") == home);
    bench.forget_changes();
    bench.answer("one", 480);
    CHECK(bench.change().state == DeliveryState::queued);
    bench.now.mono += bench.wait();
  }
  CHECK(next_target(bench, "one") == bob);
  bench.outbox.connection_lost();
  CHECK(next_target(bench, "one") == bob);
  bench.forget_changes();
  bench.answer("one", 480);
  CHECK(bench.change().state == DeliveryState::failed);
}

TEST_CASE("a redirected message waits for one under way to the same place, and the other way round") {
  // RFC 3428 8: to a URI, wherever it came from.
  Bench bench;
  bench.add("to bob");
  REQUIRE(bench.next() == "to bob");
  bench.add("to carol", carol);
  REQUIRE(bench.next() == "to carol");
  bench.add("to carol again", carol);
  redirect(bench, "to bob", {carol});
  CHECK(bench.next().empty());
  CHECK_FALSE(bench.outbox.deadline());
  bench.answer("to carol", 200);
  CHECK(next_target(bench, "to bob") == carol);
  CHECK(bench.next().empty());
  CHECK_FALSE(bench.outbox.deadline());
  CHECK_FALSE(bench.outbox.add(bench.now, {.id = "typing"}, carol, Outbox::Purpose::composing));
  bench.answer("to bob", 200);
  CHECK(bench.next() == "to carol again");
}

TEST_CASE("what nobody waits for follows no redirection") {
  Bench bench;
  REQUIRE(bench.outbox.add(bench.now, {.id = "typing"}, bob, Outbox::Purpose::composing));
  REQUIRE(bench.next() == "typing");
  redirect(bench, "typing", {home});
  CHECK(bench.next().empty());
  REQUIRE(bench.outbox.add(bench.now, {.id = "receipt"}, bob, Outbox::Purpose::notification));
  REQUIRE(bench.next() == "receipt");
  redirect(bench, "receipt", {home});
  CHECK(next_target(bench, "receipt") == home);
  CHECK(bench.is_quiet());
}

}  // namespace outbox_redirect_test
