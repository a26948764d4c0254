#include <catch2/catch.hpp>

#include "conversation_bench.h"

namespace message_size_test {

using namespace sip;

TEST_CASE("3000 bytes go out where the path is known to be safe, and elsewhere the excess is told") {
  // RFC 3428 8.
  const std::string text(3000, 'x');
  Account account = Conversation::account();
  Conversation strict(account);
  strict.agent.send(strict.now, {.to = "bob", .body = text, .id = "m1"});
  CHECK(strict.is_quiet());
  CHECK(strict.last.reason == FailureReason::too_long);
  CHECK(strict.last.excess > 1700);
  account.path = Path::congestion_safe;
  Conversation safe(account);
  CHECK(safe.agent.excess({.to = "bob", .body = text}) == 0);
  CHECK(body_of(safe.write(text)) == text);
}

TEST_CASE("no path is safe for what others need not read") {
  Account account = Conversation::account();
  account.path = Path::congestion_safe;
  Conversation bench(account);
  Draft draft{.to = "bob", .body = std::string(70'000, 'x'), .id = "m1"};
  const std::size_t over = bench.agent.excess(draft);
  bench.agent.send(bench.now, draft);
  bench.drain();
  CHECK(bench.last.excess == over);
  draft.body.resize(draft.body.size() - over);
  bench.agent.send(bench.now, draft);
  CHECK(bench.take().size() <= max_size_on_safe_path);
}

TEST_CASE("on a safe path a message need not do without CPIM to fit") {
  Account account = Conversation::account();
  account.path = Path::congestion_safe;
  Conversation bench(account);
  bench.hear("message/cpim", "From: <sip:bob@example.org>\r\n\r\nContent-Type: text/plain\r\n\r\nhi");
  CHECK(has(bench.write(std::string(1300, 'x')), "Content-Type: message/cpim\r\n"));
}

}  // namespace message_size_test
