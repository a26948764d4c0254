#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "base/time.h"
#include "logic/token_bucket.h"
#include "transaction/deadline_queue.h"

namespace relay {

/// A bucket of the same size for everyone, by name. Who has taken nothing for a period is not kept.
class RateLimit {
 public:
  /// About 300 bytes each. Past it the bucket goes that would be full first. So nobody is ever forgiven more
  /// than the least that anyone owes: to be rid of a debt takes this many others that each owe more.
  static constexpr std::size_t max_names = 65536;
  /// What is longer counts as one with what begins alike; no account has such a name.
  static constexpr std::size_t max_name_size = 320;

  explicit RateLimit(const Allowance& allowance, std::size_t most_names = max_names)
      : allowance_(allowance), most_names_(most_names) {}

  /// From now on; who owes more than that owes it still.
  void allow(const Allowance& allowance) { allowance_ = allowance; }
  /// How long until `name` may take a token; zero: now.
  sip::Milliseconds wait(sip::Instant now, const std::string& name) const;
  void take(sip::Instant now, const std::string& name);
  std::size_t size() const { return buckets_.size(); }

 private:
  void forget_full(sip::Instant now);

  Allowance allowance_;
  std::size_t most_names_;
  std::unordered_map<std::string, TokenBucket> buckets_;
  sip::DeadlineQueue<std::string> full_;  ///< when each is
};

}  // namespace relay
