#include "im/message_composer.h"

namespace sip {

void MessageComposer::set(Now now, const std::string& recipient, IsComposing::State state) {
  if (items_.size() >= max_recipients && items_.count(recipient) == 0) return;
  Item& item = items_[recipient];
  item.is_active = state == IsComposing::State::active;
  item.last_input = now.mono;
}

void MessageComposer::sent(const std::string& recipient) {
  const auto item = items_.find(recipient);
  if (item == items_.end()) return;
  item->second.is_active = false;
  item->second.was_told = false;
}

std::vector<MessageComposer::Status> MessageComposer::due(Now now) {
  std::vector<Status> statuses;
  deadline_.reset();
  for (auto it = items_.begin(); it != items_.end();) {
    const auto current = it++;
    Item& item = current->second;
    if (item.is_active && now.mono >= item.last_input + idle_timeout) item.is_active = false;
    const bool may_say_active = !item.next_active || now.mono >= *item.next_active;
    if (item.is_active) {
      deadline_ = earlier(deadline_, item.last_input + idle_timeout);
      if (may_say_active) {
        statuses.push_back({current->first, IsComposing::State::active});
      } else {
        deadline_ = earlier(deadline_, item.next_active);
      }
    } else if (may_say_active) {
      // What was told is over: the recipient heard no refresh.
      items_.erase(current);
    } else if (item.was_told) {
      statuses.push_back({current->first, IsComposing::State::idle});
    }
  }
  return statuses;
}

void MessageComposer::said(Now now, const Status& status) {
  const auto item = items_.find(status.recipient);
  if (item == items_.end()) return;
  item->second.was_told = status.state == IsComposing::State::active;
  if (!item->second.was_told) return;
  item->second.next_active = now.mono + refresh;
  deadline_ = earlier(deadline_, item->second.next_active);
}

}  // namespace sip
