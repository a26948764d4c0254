#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/time.h"
#include "transaction/deadline_queue.h"

namespace relay {

/// From which sources each user has signed in of late.
class FamiliarPlaces {
 public:
  static constexpr sip::Seconds memory{7 * 86'400};
  /// About 400 bytes each, 1,600 at most. Only who knows a password adds any; the longest unused goes first.
  static constexpr std::size_t max_places = 65536;
  /// What is longer is not remembered; no account has such a name.
  static constexpr std::size_t max_user_size = 320;

  void signed_in(sip::Instant now, const std::string& user, const std::string& source);
  bool has(const std::string& user, const std::string& source) const;
  /// Whether anybody has signed in from there.
  bool knows(const std::string& source) const { return users_at_.contains(source); }

 private:
  void forget(const std::string& place);

  std::unordered_set<std::string> places_;
  std::unordered_map<std::string, std::size_t> users_at_;  ///< how many, by source
  sip::DeadlineQueue<std::string> forgotten_;              ///< when each is
};

}  // namespace relay
