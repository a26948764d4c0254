#pragma once

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace sip {

/// At most one deadline an id; the earliest first.
template <class Id>
class DeadlineQueue {
 public:
  /// Sets or moves the deadline of `id`; none removes it.
  void set(Id id, Deadline at) {
    if (!at) {
      current_.erase(id);
    } else {
      current_.insert_or_assign(id, *at);
      heap_.push_back({*at, id});
      std::push_heap(heap_.begin(), heap_.end());
    }
    drop_outdated();
  }

  Deadline earliest() const { return heap_.empty() ? Deadline() : heap_.front().at; }

  /// Removes and gives one id whose deadline is not after `now`.
  std::optional<Id> pop_due(Instant now) {
    if (heap_.empty() || heap_.front().at > now) return std::nullopt;
    const Id id = heap_.front().id;
    current_.erase(id);
    drop_outdated();
    return id;
  }

 private:
  struct Entry {
    Instant at;
    Id id;
    bool operator<(const Entry& other) const { return at > other.at; }
  };

  bool is_current(const Entry& entry) const {
    const auto found = current_.find(entry.id);
    return found != current_.end() && found->second == entry.at;
  }

  /// Moved deadlines leave entries behind: those at the top go now, the others when they outnumber the
  /// living.
  void drop_outdated() {
    while (!heap_.empty() && !is_current(heap_.front())) {
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.pop_back();
    }
    if (heap_.size() <= 2 * current_.size() + 64) return;
    heap_.erase(
        std::remove_if(heap_.begin(), heap_.end(), [&](const Entry& entry) { return !is_current(entry); }),
        heap_.end());
    std::make_heap(heap_.begin(), heap_.end());
  }

  std::vector<Entry> heap_;
  std::unordered_map<Id, Instant> current_;
};

}  // namespace sip
