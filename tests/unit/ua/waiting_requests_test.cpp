#include "ua/waiting_requests.h"

#include <catch2/catch.hpp>

namespace waiting_requests_test {

using namespace sip;

namespace {

constexpr Instant start{Seconds(100)};

WaitingRequest request(std::uint64_t transaction, const std::string& peer, std::uint64_t job = 0) {
  ContentAnswers answers(EndToEnd::driver, peer);
  if (job != 0) {
    static_cast<void>(answers.opened("application/pkcs7-mime", "x"));
    answers.take_question();
  }
  return {TransactionId{transaction},
          peer,
          start + Seconds(transaction),
          "tag",
          std::move(answers),
          "text",
          JobId{job}};
}

}  // namespace

TEST_CASE("an answer takes the request that asked, once, and only if it is one") {
  WaitingRequests waiting;
  waiting.add(request(1, "bob", 5));
  waiting.add(request(2, "bob"));
  Answer answer = Opened{};
  Answer wrong = Decoded{};
  CHECK_FALSE(waiting.answered(JobId{6}, answer));
  CHECK_FALSE(waiting.answered(JobId::none, answer));
  CHECK_FALSE(waiting.answered(JobId{5}, wrong));
  CHECK(waiting.answered(JobId{5}, answer)->transaction == TransactionId{1});
  CHECK_FALSE(waiting.answered(JobId{5}, answer));
}

TEST_CASE("of one peer's requests the next is taken when none of them has asked") {
  WaitingRequests waiting;
  waiting.add(request(1, "bob"));
  waiting.add(request(2, "carol", 6));
  waiting.add(request(3, "bob"));
  CHECK_FALSE(waiting.next_of("carol"));
  CHECK_FALSE(waiting.next_of("dave"));
  CHECK(waiting.next_of("bob")->transaction == TransactionId{1});
  // It has to ask once more, and those behind it wait on.
  waiting.add(request(1, "bob", 7));
  CHECK_FALSE(waiting.next_of("bob"));
  Answer answer = Opened{};
  REQUIRE(waiting.answered(JobId{7}, answer));
  CHECK(waiting.next_of("bob")->transaction == TransactionId{3});
  CHECK_FALSE(waiting.has("bob"));
  CHECK(waiting.has("carol"));
}

TEST_CASE("a request is overdue at its time, whether it has asked or not") {
  WaitingRequests waiting;
  CHECK_FALSE(waiting.deadline());
  waiting.add(request(2, "bob", 5));
  waiting.add(request(1, "bob"));
  CHECK(waiting.deadline() == start + Seconds(1));
  CHECK_FALSE(waiting.overdue({start, {}}));
  CHECK(waiting.overdue({start + Seconds(1), {}})->transaction == TransactionId{1});
  CHECK_FALSE(waiting.overdue({start + Seconds(1), {}}));
  CHECK(waiting.overdue({start + Seconds(9), {}})->transaction == TransactionId{2});
  CHECK_FALSE(waiting.deadline());
}

TEST_CASE("nobody can make more wait than the limits say") {
  WaitingRequests waiting;
  std::uint64_t last = 0;
  while (!waiting.is_full_for("bob")) waiting.add(request(++last, "bob"));
  CHECK(last == WaitingRequests::max_of_one_peer);
  CHECK_FALSE(waiting.is_full_for("carol"));
  const auto stranger = [&] { return "stranger " + std::to_string(last); };
  while (!waiting.is_full_for(stranger())) {
    ++last;
    waiting.add(request(last, stranger()));
  }
  CHECK(last == WaitingRequests::max_requests);
  CHECK(waiting.find(TransactionId{3})->peer == "bob");
  CHECK_FALSE(waiting.find(TransactionId{last + 1}));
}

}  // namespace waiting_requests_test
