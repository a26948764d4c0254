#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <utility>

#include "transport/endpoint.h"

namespace relay {

/// What waits to be written to one connection, the first of it perhaps being written now.
class WriteQueue {
 public:
  /// A peer that leaves this much unread has stalled: sixteen messages of the greatest size.
  static constexpr std::size_t max_size = std::size_t{1} << 20;

  struct Item {
    sip::Peer to;
    std::string bytes;
  };

  bool is_empty() const { return items_.empty(); }
  std::size_t size() const { return size_; }
  bool fits(std::size_t size) const { return size_ + size <= max_size; }
  const std::string& front() const { return items_.front().bytes; }
  void push(const sip::Peer& to, std::string bytes) {
    size_ += bytes.size();
    items_.push_back({to, std::move(bytes)});
  }
  void pop() {
    size_ -= items_.front().bytes.size();
    items_.pop_front();
  }
  /// Everything at once; the queue is empty afterwards.
  std::list<Item> take() {
    size_ = 0;
    return std::exchange(items_, {});
  }

 private:
  std::list<Item> items_;  // takes nothing where it is empty, and what is being written stays in its place
  std::size_t size_ = 0;
};

}  // namespace relay
