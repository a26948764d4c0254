#pragma once

#include <algorithm>
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
  /// Those that we open are caused by others, who might take all: one in so many. Nor do servers at one
  /// source take more than a share of these, who by keep-alives could hold all for good.
  static constexpr std::size_t share_of_ours = 2;

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
        : budget_(std::exchange(other.budget_, nullptr)),
          source_(std::move(other.source_)),
          is_ours_(other.is_ours_) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(source_, other.source_);
      std::swap(is_ours_, other.is_ours_);
      return *this;
    }
    ~Slot() {
      if (budget_) budget_->give_back(*this);
    }
    explicit operator bool() const { return budget_ != nullptr; }

   private:
    friend class ConnectionBudget;
    Slot(ConnectionBudget* budget, std::string source) : budget_(budget), source_(std::move(source)) {}
    ConnectionBudget* budget_ = nullptr;
    std::string source_;  ///< empty: not counted by it
    bool is_ours_ = false;
  };

  /// Slots that are taken.
  std::size_t held() const { return taken_; }
  /// Whether we may open another one to there, where there is a place for it.
  bool may_lead_to(const sip::Endpoint& remote) const {
    const auto open = of_sources_.find(name_of_ours(remote));
    return open == of_sources_.end() || open->second < std::max<std::size_t>(1, most_of_ours() / shares);
  }
  /// For one that we open. An empty one when none is free for those.
  Slot take(const sip::Endpoint& remote) { return ours_ >= most_of_ours() ? Slot() : take_in_place(remote); }
  /// For one that we open in place of another such, which is being closed. An empty one when none is free at
  /// all.
  Slot take_in_place(const sip::Endpoint& remote) {
    if (taken_ >= most_) return {};
    ++ours_;
    std::string name = name_of_ours(remote);
    if (!name.empty()) ++of_sources_[name];
    Slot slot = taken(std::move(name));
    slot.is_ours_ = true;
    return slot;
  }
  struct Admission {
    Slot slot;                      ///< empty where the connection is to be turned away
    std::string_view refusal = {};  ///< then: why, a literal
  };
  /// For one that is accepted.
  Admission admit(sip::Instant now, const sip::Endpoint& remote) {
    if (taken_ >= most_) return {{}, "too many connections"};
    const auto source = source_of(remote);
    if (!source) return {taken({})};
    if (rate_.wait(now, *source) > sip::Milliseconds(0)) return {{}, "too many connections a minute"};
    const auto open = of_sources_.find(*source);
    if (open != of_sources_.end() && open->second >= most_ / shares)
      return {{}, "too many connections from one address"};
    rate_.take(now, *source);
    ++of_sources_[*source];
    return {taken(*source)};
  }

 private:
  Slot taken(std::string source) {
    ++taken_;
    return {this, std::move(source)};
  }
  void give_back(const Slot& slot) {
    --taken_;
    if (slot.is_ours_) --ours_;
    const auto found = of_sources_.find(slot.source_);
    if (found != of_sources_.end() && --found->second == 0) of_sources_.erase(found);
  }

  std::size_t most_of_ours() const { return (most_ + 1) / share_of_ours; }
  /// In the table of those that are accepted: no source begins so. Empty: not counted.
  static std::string name_of_ours(const sip::Endpoint& remote) {
    const auto source = source_of(remote);
    return source ? "to " + *source : std::string();
  }

  std::size_t most_;
  std::size_t taken_ = 0;
  std::size_t ours_ = 0;                                     ///< among them
  std::unordered_map<std::string, std::size_t> of_sources_;  ///< those that have any
  RateLimit rate_;
};

}  // namespace relay
