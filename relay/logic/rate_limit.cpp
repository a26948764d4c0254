#include "logic/rate_limit.h"

namespace relay {

using namespace sip;

Milliseconds RateLimit::wait(Instant now, const std::string& name) const {
  const auto found = buckets_.find(name.substr(0, max_name_size));
  return found == buckets_.end() ? Milliseconds(0) : found->second.wait(now, allowance_);
}

void RateLimit::take(Instant now, const std::string& name) {
  forget_full(now);
  const std::string key = name.substr(0, max_name_size);
  TokenBucket& bucket = buckets_[key];
  bucket.take(now, allowance_);
  full_.set(key, bucket.full_at());
  if (buckets_.size() > most_names_) buckets_.erase(*full_.pop_due(*full_.earliest()));
}

void RateLimit::forget_full(Instant now) {
  while (const auto name = full_.pop_due(now)) buckets_.erase(*name);
}

}  // namespace relay
