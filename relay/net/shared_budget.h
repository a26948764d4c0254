#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "logic/connection_budget.h"

namespace relay {

/// A ConnectionBudget whose slots are given back on whatever thread their connections end. It must outlive
/// them.
class SharedBudget {
 private:
  struct GiveBack {
    std::mutex* mutex = nullptr;
    void operator()(const ConnectionBudget::Slot* slot) const {
      const std::scoped_lock lock(*mutex);
      delete slot;
    }
  };

 public:
  using Slot = std::unique_ptr<const ConnectionBudget::Slot, GiveBack>;
  struct Admission {
    Slot slot;                      ///< as in ConnectionBudget
    std::string_view refusal = {};  ///< as there
  };

  explicit SharedBudget(const ConnectionLimits& limits) : budget_(limits) {}

  void allow(const ConnectionLimits& limits) {
    const std::scoped_lock lock(mutex_);
    budget_.allow(limits);
  }
  /// Slots that are held.
  std::size_t held() const {
    const std::scoped_lock lock(mutex_);
    return budget_.held();
  }
  bool may_lead_to(const sip::Endpoint& remote) const {
    const std::scoped_lock lock(mutex_);
    return budget_.may_lead_to(remote);
  }
  Slot take(const sip::Endpoint& remote) {
    const std::scoped_lock lock(mutex_);
    return shared(budget_.take(remote));
  }
  Slot take_in_place(const sip::Endpoint& remote) {
    const std::scoped_lock lock(mutex_);
    return shared(budget_.take_in_place(remote));
  }
  Admission admit(sip::Instant now, const sip::Endpoint& remote) {
    const std::scoped_lock lock(mutex_);
    auto [slot, refusal] = budget_.admit(now, remote);
    return {shared(std::move(slot)), refusal};
  }

 private:
  Slot shared(ConnectionBudget::Slot slot) {
    if (!slot) return Slot(nullptr, GiveBack{&mutex_});
    return Slot(new ConnectionBudget::Slot(std::move(slot)), GiveBack{&mutex_});
  }

  mutable std::mutex mutex_;
  ConnectionBudget budget_;
};

}  // namespace relay
