#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace sip {

/// Up to `capacity` items in place. Only those that are there are made and copied.
template <class T, std::size_t capacity>
class BoundedList {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  BoundedList() {}  // NOLINT: the storage stays as it is
  BoundedList(const BoundedList& other) : size_(other.size_) { copy(other); }
  BoundedList& operator=(const BoundedList& other) {
    if (this == &other) return *this;
    size_ = other.size_;
    copy(other);
    return *this;
  }
  ~BoundedList() = default;

  bool is_full() const { return size_ == capacity; }
  void append(const T& item) {
    assert(!is_full());
    std::construct_at(&items_[size_++], item);
  }
  std::span<const T> items() const { return {&items_[0], size_}; }

 private:
  void copy(const BoundedList& other) { std::uninitialized_copy_n(&other.items_[0], size_, &items_[0]); }

  std::size_t size_ = 0;
  union {
    T items_[capacity];  // NOLINT: an array in a union is not initialised
  };
};

}  // namespace sip
