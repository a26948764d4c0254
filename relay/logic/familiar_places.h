#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>

#include "base/time.h"
#include "transaction/deadline_queue.h"

namespace relay {

/// From which sources each user has signed in of late.
class FamiliarPlaces {
 public:
  static constexpr sip::Seconds memory{7 * 86'400};
  /// About 300 bytes each, 1,500 at most. Only who knows a password adds any; the longest unused goes first.
  static constexpr std::size_t max_places = 65536;
  /// What is longer is not remembered; no account has such a name.
  static constexpr std::size_t max_user_size = 320;

  void signed_in(sip::Instant now, const std::string& user, const std::string& source);
  bool has(const std::string& user, const std::string& source) const;

 private:
  std::unordered_set<std::string> places_;
  sip::DeadlineQueue<std::string> forgotten_;  ///< when each is
};

}  // namespace relay
