#include <catch2/catch.hpp>

#include "outbox_bench.h"

namespace outbox_restore_test {

using namespace sip;

namespace {

void restore(Bench& bench, const MessageId& id, std::optional<UnixTime> retry_at) {
  bench.outbox.restore(bench.now, {.to = bob, .id = id}, bob, {.id = id, .retry_at = retry_at});
}

}  // namespace

TEST_CASE("restored messages go out in their order, before what is written later") {
  Bench bench;
  restore(bench, "one", std::nullopt);
  restore(bench, "two", std::nullopt);
  bench.add("three");
  for (const char* id : {"one", "two", "three"}) {
    REQUIRE(bench.next() == id);
    bench.answer(id, 200);
  }
}

TEST_CASE("a restored message waits for the rest of its time, and no longer than an hour") {
  const auto [told, waited] =
      GENERATE(table<int, int>({{-5, 0}, {0, 0}, {30, 30}, {3600, 3600}, {3601, 3600}, {1'000'000, 3600}}));
  CAPTURE(told);
  Bench bench;
  restore(bench, "one", bench.now.wall + Seconds(told));
  CHECK(bench.wait() == Seconds(waited));
  bench.now.mono += Seconds(waited);
  CHECK(bench.next() == "one");
}

TEST_CASE("a message that is under way is not restored beside itself") {
  Bench bench;
  bench.add("one");
  restore(bench, "one", bench.now.wall + Seconds(30));
  CHECK(bench.next() == "one");
  bench.answer("one", 200);
  CHECK(bench.next().empty());
}

TEST_CASE("open drafts are what waits and what is under way, in order, and nothing that has an end") {
  Bench bench;
  for (const char* id : {"one", "two", "three", "four"}) bench.add(id);
  bench.send_and_answer("one", 200);
  REQUIRE(bench.next() == "two");
  bench.outbox.cancel("three");
  REQUIRE(bench.outbox.add(bench.now, {.id = "receipt"}, carol, Outbox::Purpose::notification));
  const auto drafts = bench.outbox.open_drafts();
  REQUIRE(drafts.size() == 2);
  CHECK(drafts[0].id == "two");
  CHECK(drafts[0].body == "text of two");
  CHECK(drafts[1].id == "four");
  bench.outbox.settle("two");
  CHECK(bench.outbox.open_drafts().size() == 1);
}

}  // namespace outbox_restore_test
