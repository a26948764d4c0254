#pragma once

#include <cstddef>
#include <utility>

namespace relay {

/// How many connections may be open at once; each holds a Slot. The budget must outlive its slots.
class ConnectionBudget {
 public:
  /// With what one connection may at most hold (64 KiB of a message half arrived, usually nothing, and 1 MiB
  /// that its peer does not read, usually nothing) this keeps a flood of connections from taking the
  /// machine's memory.
  static constexpr std::size_t max_connections = 10000;

  explicit ConnectionBudget(std::size_t most = max_connections) : most_(most) {}
  ConnectionBudget(const ConnectionBudget&) = delete;
  ConnectionBudget& operator=(const ConnectionBudget&) = delete;

  class Slot {
   public:
    Slot() = default;
    Slot(Slot&& other) noexcept : budget_(std::exchange(other.budget_, nullptr)) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(budget_, other.budget_);
      return *this;
    }
    ~Slot() {
      if (budget_) --budget_->taken_;
    }
    explicit operator bool() const { return budget_ != nullptr; }

   private:
    friend class ConnectionBudget;
    explicit Slot(ConnectionBudget* budget) : budget_(budget) { ++budget->taken_; }
    ConnectionBudget* budget_ = nullptr;
  };

  /// An empty one when none is free.
  Slot take() { return taken_ < most_ ? Slot(this) : Slot(); }

 private:
  std::size_t most_;
  std::size_t taken_ = 0;
};

}  // namespace relay
