#include "im/sent_items.h"

#include <catch2/catch.hpp>

namespace sent_items_test {

using namespace sip;

namespace {

using Status = Imdn::Status;

Delivery delivery(const MessageId& id, DeliveryState state) { return {.id = id, .state = state}; }

Imdn imdn(const MessageId& id, Status status) {
  Imdn notification;
  notification.message_id = id;
  notification.status = status;
  return notification;
}

SentItems with_asked(const MessageId& id, DeliveryState state) {
  SentItems items;
  REQUIRE(items.change(delivery(id, state)));
  items.asked(id);
  return items;
}

}  // namespace

TEST_CASE("notifications lead on, and each says its state") {
  const auto [status, state] = GENERATE(table<Status, DeliveryState>({
      {Status::stored, DeliveryState::stored},
      {Status::delivered, DeliveryState::delivered},
      {Status::displayed, DeliveryState::displayed},
      {Status::failed, DeliveryState::failed},
  }));
  SentItems items = with_asked("1", DeliveryState::sending);
  const auto change = items.notified(imdn("1", status));
  REQUIRE(change);
  CHECK(change->id == "1");
  CHECK(change->state == state);
  CHECK((change->reason == FailureReason::undeliverable) == (state == DeliveryState::failed));
}

TEST_CASE("nothing leads back: neither a late notification nor a late answer") {
  SentItems items = with_asked("1", DeliveryState::sending);
  REQUIRE(items.notified(imdn("1", Status::displayed)));
  for (const Status status : {Status::delivered, Status::displayed, Status::stored, Status::failed})
    CHECK_FALSE(items.notified(imdn("1", status)));
  for (const DeliveryState state : {DeliveryState::queued, DeliveryState::sending, DeliveryState::stored,
                                    DeliveryState::delivered, DeliveryState::failed})
    CHECK_FALSE(items.change(delivery("1", state)));
}

TEST_CASE("a notification that tells nothing of the message changes nothing") {
  SentItems items = with_asked("1", DeliveryState::delivered);
  for (const Status status : {Status::processed, Status::forbidden, Status::error, Status::other})
    CHECK_FALSE(items.notified(imdn("1", status)));
  CHECK(items.notified(imdn("1", Status::displayed)));
}

TEST_CASE("a notification that nobody asked for, or of an unknown message, is not believed") {
  SentItems items;
  REQUIRE(items.change(delivery("1", DeliveryState::sending)));
  CHECK_FALSE(items.notified(imdn("1", Status::displayed)));
  CHECK_FALSE(items.notified(imdn("2", Status::displayed)));
  items.asked("3");
  CHECK_FALSE(items.notified(imdn("3", Status::displayed)));
}

TEST_CASE("a notification rescues a message whose answers got lost, and failed ones may be sent again") {
  SentItems items = with_asked("1", DeliveryState::failed);
  CHECK(items.notified(imdn("1", Status::delivered)));
  SentItems again = with_asked("1", DeliveryState::failed);
  CHECK(again.change(delivery("1", DeliveryState::queued)));
}

TEST_CASE("exactly the newest max_items are remembered") {
  SentItems items;
  for (std::size_t i = 0; i <= SentItems::max_items; ++i) {
    items.change(delivery(std::to_string(i), DeliveryState::delivered));
    items.asked(std::to_string(i));
  }
  CHECK_FALSE(items.notified(imdn("0", Status::displayed)));
  CHECK(items.notified(imdn("1", Status::displayed)));
}

TEST_CASE("a change tells what is known of how its message went out") {
  SentItems items;
  REQUIRE(items.change(delivery("1", DeliveryState::queued)));
  items.asked("1");
  items.plain("1");
  items.plain("unknown");
  const auto change = items.change(delivery("1", DeliveryState::sending));
  REQUIRE(change);
  CHECK(change->has_asked);
  CHECK(change->is_plain);
  CHECK(items.is_plain("1"));
  CHECK_FALSE(items.is_plain("unknown"));
}

TEST_CASE("what an earlier run told counts as if it had been told in this one") {
  SentItems items;
  REQUIRE(items.restore({.id = "1", .state = DeliveryState::delivered, .has_asked = true, .is_plain = true}));
  CHECK_FALSE(items.restore({.id = "1", .state = DeliveryState::queued}));
  CHECK(items.is_plain("1"));
  CHECK_FALSE(items.change(delivery("1", DeliveryState::failed)));
  CHECK(items.notified(imdn("1", Status::displayed)));
  REQUIRE(items.restore({.id = "2", .state = DeliveryState::delivered}));
  CHECK_FALSE(items.notified(imdn("2", Status::displayed)));
}

TEST_CASE("a message waits for notifications while they may tell more") {
  SentItems items;
  for (const DeliveryState state :
       {DeliveryState::queued, DeliveryState::sending, DeliveryState::stored, DeliveryState::delivered,
        DeliveryState::displayed, DeliveryState::failed}) {
    const std::string id = std::to_string(static_cast<int>(state));
    items.restore({.id = id, .state = state, .phrase = "long", .has_asked = true});
    items.restore({.id = id + " did not ask", .state = state});
  }
  const auto waiting = items.awaiting_notification();
  REQUIRE(waiting.size() == 3);
  CHECK(waiting[0].state == DeliveryState::stored);
  CHECK(waiting[1].state == DeliveryState::delivered);
  CHECK(waiting[2].state == DeliveryState::failed);
  CHECK(waiting[0].phrase.empty());
}

TEST_CASE("that a message under way is cancelled is told once") {
  SentItems items;
  REQUIRE(items.change(delivery("1", DeliveryState::sending)));
  Delivery cancelled = delivery("1", DeliveryState::sending);
  cancelled.reason = FailureReason::cancelled;
  CHECK(items.change(cancelled));
  CHECK_FALSE(items.change(cancelled));
  CHECK_FALSE(items.change(delivery("1", DeliveryState::sending)));
  CHECK(items.change(delivery("1", DeliveryState::delivered)));
}

}  // namespace sent_items_test
