#include "im/sent_items.h"

#include <catch2/catch.hpp>

using namespace sip;

namespace {

using Status = Imdn::Status;

Delivery delivery(const MessageId& id, DeliveryState state) {
  return {.id = id, .state = state, .phrase = {}};
}

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
