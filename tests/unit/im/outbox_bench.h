#pragma once

#include <catch2/catch.hpp>
#include <optional>

#include "im/outbox.h"

namespace sip {

inline constexpr const char* bob = "sip:bob@example.org";
inline constexpr const char* carol = "sip:carol@example.org";

/// Drives an Outbox through virtual time.
struct Bench {
  Outbox outbox;
  Now now{Instant(Milliseconds(1000)), UnixTime(Milliseconds(0))};

  bool add(const MessageId& id, const char* recipient = bob) {
    return outbox.add(now, {.to = recipient, .body = "text of " + id, .id = id}, recipient);
  }
  /// The id of what goes out next, empty when nothing may.
  MessageId next() {
    const auto outgoing = outbox.next(now);
    return outgoing ? outgoing->draft.id : MessageId();
  }
  Delivery change() {
    auto delivery = outbox.poll();
    REQUIRE(delivery);
    return *delivery;
  }
  void forget_changes() {
    while (outbox.poll()) continue;
  }
  bool is_quiet() { return !outbox.poll(); }
  void answer(const MessageId& id, int status, std::optional<Seconds> retry_after = std::nullopt) {
    outbox.answered(now, id, {status, "Phrase", retry_after});
  }
  /// Sends `id`, which must be due, and answers it; gives the last change.
  Delivery send_and_answer(const MessageId& id, int status,
                           std::optional<Seconds> retry_after = std::nullopt) {
    REQUIRE(next() == id);
    forget_changes();
    answer(id, status, retry_after);
    return change();
  }
  /// How long until the outbox wants to be asked again.
  Milliseconds wait() {
    REQUIRE(outbox.deadline());
    return *outbox.deadline() - now.mono;
  }
};

}  // namespace sip
