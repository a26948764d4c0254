#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "logic/message_store.h"

/// A store of messages without a disk: what relay/store/mailbox_store does, as a model of it.
class MessageShelf {
 public:
  relay::Stored store(relay::StoredMessage message) {
    const auto is_his = [&](const relay::StoredMessage& other) {
      return other.recipient == message.recipient;
    };
    const auto is_replaced = [&](const relay::StoredMessage& other) {
      return other.number == message.instead_of;
    };
    const bool replaces = message.instead_of != relay::MessageNumber::none;
    if (replaces && std::none_of(messages.begin(), messages.end(), is_replaced)) return relay::Stored::repeat;
    for (const relay::StoredMessage& other : messages)
      if (is_his(other) && other.identity == message.identity) return relay::Stored::repeat;
    if (std::count_if(messages.begin(), messages.end(), is_his) >= (replaces ? 2 * quota : quota))
      return relay::Stored::full;
    if (replaces) forget(message.instead_of);
    message.number = relay::MessageNumber{++last_};
    messages.push_back(std::move(message));
    return relay::Stored::stored;
  }
  relay::Stored store(const relay::StoreMessage& question) {
    const relay::Stored outcome = store(question.message);
    if (outcome == relay::Stored::stored && question.notice) store(*question.notice);
    return outcome;
  }
  relay::Loaded load(const std::string& recipient, relay::MessageNumber after) const {
    return first(
        [&](const relay::StoredMessage& one) { return one.recipient == recipient && one.number > after; });
  }
  relay::Loaded expired(sip::UnixTime now, sip::UnixTime after_time, relay::MessageNumber after) const {
    relay::Loaded loaded;
    std::pair place{now, relay::MessageNumber{last_ + 1}};
    for (const relay::StoredMessage& one : messages) {
      const std::pair its{one.expires_at, one.number};
      if (its <= std::pair{after_time, after} || its >= place) continue;
      place = its;
      loaded.message = one;
    }
    return loaded;
  }
  void forget(relay::MessageNumber number) {
    std::erase_if(messages, [&](const relay::StoredMessage& one) { return one.number == number; });
  }

  std::ptrdiff_t quota = 1000;  ///< messages of one recipient
  std::vector<relay::StoredMessage> messages;

 private:
  template <class Matches>
  relay::Loaded first(Matches matches) const {
    const auto found = std::find_if(messages.begin(), messages.end(), matches);
    return {found == messages.end() ? std::nullopt : std::optional(*found)};
  }

  std::uint64_t last_ = 0;
};
