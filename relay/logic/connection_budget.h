#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/time.h"
#include "logic/rate_limit.h"
#include "logic/source.h"
#include "transport/endpoint.h"

namespace relay {

struct ConnectionLimits {
  /// At once. With what one connection may at most hold (64 KiB of a message half arrived, usually nothing)
  /// and what all together may leave unread, this keeps a flood of connections from taking the machine's
  /// memory.
  std::size_t open = 10'000;
  /// How fast one source (source_of) may open them.
  Allowance of_source{1000, sip::Seconds(60)};
};

/// Counts connections; each holds a Slot. The budget must outlive its slots.
class ConnectionBudget {
 public:
  /// No source keeps the others out.
  static constexpr std::size_t shares = 4;

  explicit ConnectionBudget(const ConnectionLimits& limits = {})
      : most_(limits.open), rate_(limits.of_source) {}
  ConnectionBudget(const ConnectionBudget&) = delete;
  ConnectionBudget& operator=(const ConnectionBudget&) = delete;

  /// From now on; what is open stays so.
  void allow(const ConnectionLimits& limits) {
    most_ = limits.open;
    rate_.allow(limits.of_source);
  }

  class Slot {
   public:
    Slot() = default;
    Slot(Slot&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), source_(std::move(other.source_)) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(source_, other.source_);
      return *this;
    }
    ~Slot() {
      if (budget_) budget_->give_back(source_);
    }
    explicit operator bool() const { return budget_ != nullptr; }

   private:
    friend class ConnectionBudget;
    Slot(ConnectionBudget* budget, std::string source) : budget_(budget), source_(std::move(source)) {}
    ConnectionBudget* budget_ = nullptr;
    std::string source_;  ///< empty: not counted by it
  };

  std::size_t taken() const { return taken_; }
  /// For one that we open. An empty one when none is free.
  Slot take() {
    if (taken_ >= most_) return {};
    ++taken_;
    return {this, {}};
  }
  struct Admission {
    Slot slot;                      ///< empty where the connection is to be turned away
    std::string_view refusal = {};  ///< then: why, a literal
  };
  /// For one that is accepted.
  Admission admit(sip::Instant now, const sip::Endpoint& remote) {
    if (taken_ >= most_) return {{}, "too many connections"};
    const auto source = source_of(remote);
    if (!source) return {take()};
    if (rate_.wait(now, *source) > sip::Milliseconds(0)) return {{}, "too many connections a minute"};
    const auto open = of_sources_.find(*source);
    if (open != of_sources_.end() && open->second >= most_ / shares)
      return {{}, "too many connections from one address"};
    rate_.take(now, *source);
    ++of_sources_[*source];
    ++taken_;
    return {Slot(this, *source)};
  }

 private:
  void give_back(const std::string& source) {
    --taken_;
    const auto found = of_sources_.find(source);
    if (found != of_sources_.end() && --found->second == 0) of_sources_.erase(found);
  }

  std::size_t most_;
  std::size_t taken_ = 0;
  std::unordered_map<std::string, std::size_t> of_sources_;  ///< those that have any
  RateLimit rate_;
};

}  // namespace relay
