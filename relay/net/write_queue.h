#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <string>
#include <utility>

#include "transport/endpoint.h"

namespace relay {

/// What waits to be written to one connection, the first of it perhaps being written now. Room in it is
/// reserved by the reactor; all else is done on the thread of the connection.
class WriteQueue {
 public:
  /// A peer that leaves this much unread has stalled: sixteen messages of the greatest size.
  static constexpr std::size_t max_size = std::size_t{1} << 20;

  struct Item {
    sip::Peer to;
    std::string bytes;
  };

  /// For bytes that will be pushed or released. False where there is not so much room.
  bool reserve(std::size_t size) {
    if (size_.load(std::memory_order_relaxed) + size > max_size) return false;
    size_.fetch_add(size, std::memory_order_relaxed);
    return true;
  }
  void release(std::size_t size) { size_.fetch_sub(size, std::memory_order_relaxed); }
  /// Bytes, with those that are reserved.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  bool is_empty() const { return items_.empty(); }
  const std::string& front() const { return items_.front().bytes; }
  void push(Item item) { items_.push_back(std::move(item)); }
  void pop() {
    release(items_.front().bytes.size());
    items_.pop_front();
  }
  /// Everything at once; the queue is empty afterwards.
  std::list<Item> take() {
    for (const Item& item : items_) release(item.bytes.size());
    return std::exchange(items_, {});
  }

 private:
  std::list<Item> items_;  // takes nothing where it is empty, and what is being written stays in its place
  std::atomic<std::size_t> size_ = 0;
};

}  // namespace relay
