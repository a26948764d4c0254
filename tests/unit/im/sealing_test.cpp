#include "im/sealing.h"

#include <catch2/catch.hpp>

namespace sealing_test {

using namespace sip;

namespace {

constexpr JobId job{7};

OutgoingMessage message(const MessageId& id) {
  OutgoingMessage message;
  message.draft = {.to = "sip:bob@example.org", .body = "hello", .id = id};
  return message;
}

/// A Sealing of which one message waits.
struct Bench {
  Sealing sealing;
  Now now{Instant(Seconds(10)), UnixTime{}};

  explicit Bench(OutgoingMessage waiting = message("m1")) { sealing.asked(now, job, std::move(waiting)); }
};

}  // namespace

TEST_CASE("a sealed message goes out in place of the clear one, of its sealed type") {
  Bench bench;
  CHECK_FALSE(bench.sealing.next());
  CHECK_FALSE(bench.sealing.answered(job, Sealed{"application/pkcs7-mime", "\xff"}));
  const auto ready = bench.sealing.next();
  REQUIRE(ready);
  CHECK(ready->is_sealed);
  CHECK(ready->draft.body == "\xff");
  CHECK(ready->draft.content_type == "application/pkcs7-mime");
  CHECK_FALSE(bench.sealing.next());
  CHECK_FALSE(bench.sealing.deadline());
}

TEST_CASE("in the clear a message goes out as it is, unless it must be sealed") {
  Bench bench;
  CHECK_FALSE(bench.sealing.answered(job, InTheClear{}));
  const auto ready = bench.sealing.next();
  REQUIRE(ready);
  CHECK_FALSE(ready->is_sealed);
  CHECK(ready->draft.body == "hello");
  OutgoingMessage secret = message("m2");
  secret.draft.must_be_sealed = true;
  Bench strict(secret);
  const auto refused = strict.sealing.answered(job, InTheClear{});
  REQUIRE(refused);
  CHECK(refused->draft.id == "m2");
  CHECK_FALSE(strict.sealing.next());
}

TEST_CASE("what is not sealed, or is of a type that can't stand in a message, does not go out") {
  const Answer answer = GENERATE(Answer(NotSealed{}), Answer(Sealed{"none", "x"}), Answer(Sealed{"", "x"}),
                                 Answer(Sealed{"application/pkcs7-mime;\r\n name=x\r\nInjected: yes", "x"}));
  Bench bench;
  const auto refused = bench.sealing.answered(job, answer);
  REQUIRE(refused);
  CHECK(refused->draft.id == "m1");
  CHECK_FALSE(bench.sealing.next());
}

TEST_CASE("an answer to another question or of another kind changes nothing, nor does a second one") {
  Bench bench;
  CHECK_FALSE(bench.sealing.answered(JobId{8}, NotSealed{}));
  for (const Answer& wrong : {Answer(Opened{}), Answer(NotOpened{}), Answer(Decoded{}), Answer(NotDecoded{})})
    CHECK_FALSE(bench.sealing.answered(job, wrong));
  CHECK_FALSE(bench.sealing.next());
  CHECK_FALSE(bench.sealing.answered(job, InTheClear{}));
  CHECK_FALSE(bench.sealing.answered(job, NotSealed{}));
  CHECK(bench.sealing.next());
  CHECK_FALSE(bench.sealing.next());
}

TEST_CASE("what is not answered in time is forgotten, the oldest first") {
  Bench bench;
  bench.now.mono += Seconds(1);
  bench.sealing.asked(bench.now, JobId{8}, message("m2"));
  CHECK(bench.sealing.deadline() == Instant(Seconds(10) + Sealing::max_wait));
  CHECK_FALSE(bench.sealing.overdue(bench.now));
  bench.now.mono = *bench.sealing.deadline();
  CHECK(bench.sealing.overdue(bench.now)->draft.id == "m1");
  CHECK_FALSE(bench.sealing.overdue(bench.now));
  CHECK_FALSE(bench.sealing.answered(job, InTheClear{}));
  CHECK(bench.sealing.deadline() == Instant(Seconds(11) + Sealing::max_wait));
}

TEST_CASE("a lost connection leaves nothing, neither asked nor answered") {
  Bench bench;
  bench.sealing.asked(bench.now, JobId{8}, message("m2"));
  CHECK_FALSE(bench.sealing.answered(job, InTheClear{}));
  bench.sealing.connection_lost();
  CHECK_FALSE(bench.sealing.answered(JobId{8}, InTheClear{}));
  CHECK_FALSE(bench.sealing.next());
  CHECK_FALSE(bench.sealing.deadline());
}

TEST_CASE("a message that is forgotten goes out neither before nor after its answer") {
  Bench bench;
  const bool is_answered = GENERATE(false, true);
  if (is_answered) bench.sealing.answered(job, InTheClear{});
  CHECK_FALSE(bench.sealing.forget("other"));
  CHECK(bench.sealing.forget("m1"));
  CHECK_FALSE(bench.sealing.forget("m1"));
  bench.sealing.answered(job, InTheClear{});
  CHECK_FALSE(bench.sealing.next());
  CHECK_FALSE(bench.sealing.deadline());
}

}  // namespace sealing_test
