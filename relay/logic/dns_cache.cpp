#include "logic/dns_cache.h"

#include <algorithm>

namespace relay {

using namespace sip;

namespace {

Seconds lifetime(const DnsAnswer& answer) {
  switch (answer.status) {
    case DnsAnswer::Status::found: return std::min(answer.ttl, DnsCache::max_ttl);
    case DnsAnswer::Status::none: return std::min(answer.ttl, DnsCache::max_negative_ttl);
    case DnsAnswer::Status::failed: return DnsCache::failure_ttl;
  }
  return Seconds(0);
}

}  // namespace

const DnsAnswer* DnsCache::find(Instant now, const DnsQuestion& question) const {
  const auto found = entries_.find(question);
  return found != entries_.end() && now < found->second.until ? &found->second.answer : nullptr;
}

void DnsCache::keep(Instant now, const DnsQuestion& question, DnsAnswer answer) {
  forget(question);
  while (!ends_.empty() && (ends_.begin()->first <= now || entries_.size() >= max_entries))
    forget(DnsQuestion(ends_.begin()->second));
  const Instant until = now + lifetime(answer);
  ends_.emplace(until, question);
  entries_.emplace(question, Entry{until, std::move(answer)});
}

void DnsCache::forget(const DnsQuestion& question) {
  const auto found = entries_.find(question);
  if (found == entries_.end()) return;
  ends_.erase({found->second.until, question});
  entries_.erase(found);
}

}  // namespace relay
