#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "conversation_bench.h"

namespace sent_messages_test {

using namespace sip;

namespace {

const std::string cpim_greeting = "From: <sip:bob@example.org>\r\n\r\nContent-Type: text/plain\r\n\r\nhi";

std::string field(const std::string& request, HeaderName name) {
  return std::string(MessageView::parse(request)->value(name).value_or(""));
}

SentMessage sent_message(const MessageId& id, DeliveryState state) {
  return {{.to = "bob", .body = "text of " + id, .id = id, .first_sent = UnixTime(Seconds(1'795'500'000))},
          {.state = state}};
}

}  // namespace

TEST_CASE("what a stopped agent exports is what its events told") {
  Conversation before;
  before.hear("message/cpim", cpim_greeting);
  before.respond(before.write("one", "m1"), 200);
  before.respond(before.write("two", "m2"), 403);
  before.respond(before.write("three", "m3"), 480, {{HeaderName::retry_after, "600"}});
  const Delivery waiting = before.last;
  before.agent.send(before.now, {.to = "bob", .body = "four", .id = "m4"});
  before.agent.stop(before.now);
  before.drain();
  const auto messages = before.agent.sent_messages();
  REQUIRE(messages.size() == 4);
  const char* const ids[] = {"m1", "m2", "m3", "m4"};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(messages[i].draft.id == ids[i]);
    CHECK(messages[i].delivery.id == ids[i]);
    CHECK(messages[i].delivery.has_asked == (i < 3));
  }
  CHECK(messages[0].delivery.state == DeliveryState::delivered);
  CHECK(messages[1].delivery.reason == FailureReason::refused);
  CHECK(messages[2].delivery.state == DeliveryState::queued);
  CHECK(messages[2].delivery.reason == waiting.reason);
  CHECK(messages[2].delivery.retry_at == waiting.retry_at);
  CHECK(messages[2].draft.body == "three");
  CHECK(messages[2].draft.first_sent == before.now.wall);
  CHECK(messages[3].delivery.state == DeliveryState::queued);
}

TEST_CASE("an agent that takes up what another one exported exports the same") {
  Conversation before;
  before.hear("message/cpim", cpim_greeting);
  before.respond(before.write("one", "m1"), 202);
  before.respond(before.write("two", "m2"), 480);
  before.agent.stop(before.now);
  before.drain();
  const auto messages = before.agent.sent_messages();
  UserAgent after(Conversation::account(), seed_from(2));
  for (const SentMessage& message : messages) after.restore(before.now, message);
  CHECK_FALSE(after.poll());
  const auto again = after.sent_messages();
  REQUIRE(again.size() == messages.size());
  for (std::size_t i = 0; i < again.size(); ++i) {
    CHECK(again[i].draft.id == messages[i].draft.id);
    CHECK(again[i].draft.body == messages[i].draft.body);
    CHECK(again[i].delivery.state == messages[i].delivery.state);
    CHECK(again[i].delivery.retry_at == messages[i].delivery.retry_at);
    CHECK(again[i].delivery.has_asked);
  }
}

TEST_CASE("restored messages go out in order, with Call-ID and Date as they were") {
  Conversation bench;
  bench.agent.restore(bench.now, sent_message("m1", DeliveryState::sending));
  bench.agent.restore(bench.now, sent_message("m2", DeliveryState::queued));
  bench.agent.send(bench.now, {.to = "bob", .body = "new", .id = "m3"});
  for (const char* id : {"m1", "m2", "m3"}) {
    const std::string request = bench.take();
    CHECK(field(request, HeaderName::call_id) == id);
    CHECK((field(request, HeaderName::date) == "Tue, 24 Nov 2026 06:00:00 GMT") == (std::string(id) != "m3"));
    bench.respond(request, 200);
  }
  // m1 was told to be sending; m2 waits as it did.
  CHECK(bench.states == std::vector<DeliveryState>{DeliveryState::queued, DeliveryState::sending,
                                                   DeliveryState::queued, DeliveryState::delivered,
                                                   DeliveryState::sending, DeliveryState::delivered,
                                                   DeliveryState::sending, DeliveryState::delivered});
}

TEST_CASE("a message with a final state is not sent again, and its notifications still count") {
  Conversation bench;
  SentMessage delivered = sent_message("m1", DeliveryState::delivered);
  delivered.delivery.has_asked = true;
  bench.agent.restore(bench.now, delivered);
  bench.agent.restore(bench.now, sent_message("m2", DeliveryState::delivered));
  CHECK(bench.is_quiet());
  bench.hear_notification("m1", Imdn::Disposition::display, Imdn::Status::displayed);
  bench.hear_notification("m2", Imdn::Disposition::display, Imdn::Status::displayed);
  CHECK(bench.states == std::vector<DeliveryState>{DeliveryState::displayed});
  CHECK(bench.last.id == "m1");
}

TEST_CASE("a message that went out as text before stays text, restored or sent again") {
  const DeliveryState state = GENERATE(DeliveryState::sending, DeliveryState::failed);
  Conversation bench;
  bench.hear("message/cpim", cpim_greeting);
  SentMessage message = sent_message("m1", state);
  message.delivery.is_plain = true;
  bench.agent.restore(bench.now, message);
  if (state == DeliveryState::failed) bench.agent.send(bench.now, message.draft);
  CHECK(body_of(bench.take()) == "text of m1");
}

TEST_CASE("every delivery tells how its message went out") {
  Conversation bench;
  bench.respond(bench.write("one", "m1"), 200);
  CHECK(bench.last.is_plain);
  CHECK_FALSE(bench.last.has_asked);
  bench.hear("message/cpim", cpim_greeting);
  const std::string wrapped = bench.write("two", "m2");
  CHECK(bench.last.state == DeliveryState::sending);
  CHECK(bench.last.has_asked);
  CHECK_FALSE(bench.last.is_plain);
  bench.respond(wrapped, 415);
  bench.respond(bench.take(), 200);
  CHECK(bench.last.has_asked);
  CHECK(bench.last.is_plain);
}

TEST_CASE("a restored draft that can't be sent fails with its reason, and a cancelled one as such") {
  Conversation bench;
  SentMessage nobody = sent_message("m1", DeliveryState::queued);
  nobody.draft.to = "mailto:bob@example.org";
  bench.agent.restore(bench.now, nobody);
  bench.drain();
  CHECK(bench.last.reason == FailureReason::bad_recipient);
  SentMessage cancelled = sent_message("m2", DeliveryState::sending);
  cancelled.delivery.reason = FailureReason::cancelled;
  bench.agent.restore(bench.now, cancelled);
  bench.drain();
  CHECK(bench.last.id == "m2");
  CHECK(bench.last.state == DeliveryState::failed);
  CHECK(bench.last.reason == FailureReason::cancelled);
  CHECK(bench.is_quiet());
}

TEST_CASE("what is known already, or has no id that was ever sent, is not restored") {
  Conversation bench;
  const std::string request = bench.write("one", "m1");
  bench.agent.restore(bench.now, sent_message("m1", DeliveryState::queued));
  bench.agent.restore(bench.now, sent_message("", DeliveryState::queued));
  bench.agent.restore(bench.now, sent_message("no token", DeliveryState::queued));
  CHECK(bench.is_quiet());
  bench.respond(request, 200);
  CHECK(bench.is_quiet());
}

TEST_CASE("a cancelled message answers no challenge and is not unwrapped any more") {
  // RFC 3261 9.1: CANCEL is not for MESSAGE; it gets no further try.
  const int status = GENERATE(407, 415);
  Account account = Conversation::account();
  account.credentials.password = "secret";
  Conversation bench(account);
  bench.hear("message/cpim", cpim_greeting);
  const std::string request = bench.write("one", "m1");
  bench.agent.cancel(bench.now, "m1");
  bench.respond(request, status,
                {{HeaderName::proxy_authenticate, "Digest realm=\"example.org\", nonce=\"n\""}});
  CHECK(bench.is_quiet());
  CHECK(bench.last.state == DeliveryState::failed);
  CHECK(bench.last.reason == FailureReason::cancelled);
}

TEST_CASE("a message written offline may be taken back, and sent again later") {
  Conversation bench;
  bench.agent.flow_closed(bench.now, bench.flow);
  bench.agent.send(bench.now, {.to = "bob", .body = "hi", .id = "m1"});
  bench.agent.cancel(bench.now, "m1");
  bench.drain();
  CHECK(bench.last.reason == FailureReason::cancelled);
  bench.agent.send(bench.now, {.to = "bob", .body = "hi", .id = "m1"});
  bench.flow = FlowId{2};
  bench.pass(Seconds(30));
  bench.connect();
  CHECK(field(bench.take(), HeaderName::call_id) == "m1");
}

TEST_CASE("a message that ends every connection is tried ever more slowly, and not for ever") {
  // RFC 5626 4.5 slows it, max_losses ends it.
  Conversation bench;
  bench.agent.send(bench.now, {.to = "bob", .body = "poison", .id = "m1"});
  const Instant start = bench.now.mono;
  unsigned tries = 0;
  for (; bench.last.state != DeliveryState::failed; ++tries) {
    REQUIRE(tries < 100);
    CHECK(field(bench.take(), HeaderName::call_id) == "m1");
    bench.reconnect();
  }
  CHECK(tries == Outbox::max_losses);
  CHECK(bench.last.reason == FailureReason::no_answer);
  CHECK(bench.is_quiet());
  // The account's base time is 30 seconds: half of that at least, doubled each time.
  CHECK(bench.now.mono - start > Outbox::max_losses * Seconds(15));
}

TEST_CASE("503 with Retry-After rests the server, and another server takes what waits") {
  // RFC 3261 21.5.4.
  Account account = Conversation::account();
  account.servers = {"one.example.org", "two.example.org"};
  Conversation bench(account);
  bench.respond(bench.write("hello"), 503, {{HeaderName::retry_after, "1800"}});
  bench.agent.send(bench.now, {.to = "carol", .body = "hello", .id = "m2"});
  CHECK(bench.is_quiet());
  CHECK(bench.last.id == "m2");
  bench.reconnect();
  CHECK(field(bench.take(), HeaderName::call_id) == "m2");
}

TEST_CASE("a message that is cancelled before it is sealed does not go out") {
  const bool is_cancelled = GENERATE(false, true);
  Account account = Conversation::account();
  account.end_to_end = EndToEnd::driver;
  Conversation bench(account);
  bench.agent.send(bench.now, {.to = "bob", .body = "hi", .id = "m1"});
  bench.drain();
  if (is_cancelled) bench.agent.cancel(bench.now, "m1");
  bench.agent.answer(bench.now, JobId{1}, InTheClear{});
  CHECK(bench.is_quiet() == is_cancelled);
  CHECK((bench.last.state == DeliveryState::failed) == is_cancelled);
}

}  // namespace sent_messages_test
