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
  /// A peer that leaves this much unread has stalled: fifteen messages of the greatest size.
  static constexpr std::size_t max_size = std::size_t{1} << 20;
  /// Where all queues of the process together hold so much, one has stalled with two messages of about the
  /// greatest size: no crowd of peers that read nothing takes the machine's memory.
  static constexpr std::size_t max_total = std::size_t{256} << 20;
  static constexpr std::size_t max_size_in_a_crowd = std::size_t{128} << 10;
  /// What all queues hold, as in size(). Room is taken on one thread, so that none is taken twice, and given
  /// back on any.
  using Total = std::atomic<std::size_t>;

  struct Item {
    sip::Peer to;
    std::string bytes;
  };
  /// What each takes beside its bytes, which may be two: a pong, of which anybody can have as many as they
  /// like.
  static constexpr std::size_t item_size = 128;
  static_assert(sizeof(Item) + 2 * sizeof(void*) <= item_size);

  /// `total` must outlive the queue.
  explicit WriteQueue(Total& total) : total_(total) {}
  ~WriteQueue() { total_.fetch_sub(this->size(), std::memory_order_relaxed); }
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  /// For an item of so many bytes that will be pushed or released. False where there is not so much room.
  bool reserve(std::size_t bytes) {
    const std::size_t room = bytes + item_size;
    const std::size_t whole = size() + room;
    if (whole > max_size) return false;
    if (whole > max_size_in_a_crowd && total_.load(std::memory_order_relaxed) + room > max_total)
      return false;
    size_.fetch_add(room, std::memory_order_relaxed);
    total_.fetch_add(room, std::memory_order_relaxed);
    return true;
  }
  void release(std::size_t bytes) {
    size_.fetch_sub(bytes + item_size, std::memory_order_relaxed);
    total_.fetch_sub(bytes + item_size, std::memory_order_relaxed);
  }
  /// What is held, and what is reserved.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

  bool is_empty() const { return items_.empty(); }
  const std::string& front() const { return items_.front().bytes; }
  void push(Item item) { items_.push_back(std::move(item)); }
  void pop() {
    release(items_.front().bytes.size());
    items_.pop_front();
  }
  /// Everything at once; the queue is empty afterwards. What was taken stays where it is for as long as the
  /// queue: a write that was under way goes on reading it until its handler is called.
  const std::list<Item>& take() {
    for (const Item& item : items_) release(item.bytes.size());
    taken_.splice(taken_.end(), items_);
    return taken_;
  }

 private:
  std::list<Item> items_;  // takes nothing where it is empty, and what is being written stays in its place
  std::list<Item> taken_;
  std::atomic<std::size_t> size_ = 0;
  Total& total_;
};

}  // namespace relay
