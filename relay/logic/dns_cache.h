#pragma once

#include <map>
#include <set>
#include <utility>

#include "base/time.h"
#include "logic/dns.h"

namespace relay {

/// Answers of the DNS, each for as long as it may be believed.
class DnsCache {
 public:
  /// Longer wishes are shortened: a mistake in a zone should not outlive its correction by more.
  static constexpr sip::Seconds max_ttl{3600};
  /// That there is nothing (RFC 2308 5 allows hours): a domain that gets its records should soon be reached.
  static constexpr sip::Seconds max_negative_ttl{60};
  /// That nobody could say (RFC 2308 7.1 allows five minutes): enough to spare a server that does not answer.
  static constexpr sip::Seconds failure_ttl{5};
  /// Some ten questions for each of a hundred domains; the answer to one has less than 64 KiB (DnsAnswer).
  static constexpr std::size_t max_entries = 1000;

  /// None when it is not known, or not any more. The answer stays where it is until the next keep().
  const DnsAnswer* find(sip::Instant now, const DnsQuestion& question) const;
  /// When it is full, what would be forgotten first makes room.
  void keep(sip::Instant now, const DnsQuestion& question, DnsAnswer answer);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    sip::Instant until;
    DnsAnswer answer;
  };
  void forget(const DnsQuestion& question);

  std::map<DnsQuestion, Entry> entries_;
  std::set<std::pair<sip::Instant, DnsQuestion>> ends_;  ///< the earliest first
};

}  // namespace relay
