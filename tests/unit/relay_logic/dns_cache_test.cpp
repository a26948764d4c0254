#include "logic/dns_cache.h"

#include <catch2/catch.hpp>

namespace dns_cache_test {

using namespace relay;
using namespace sip;

namespace {

const Instant start{Milliseconds(1000)};
const DnsQuestion question{DnsType::a, "example.net"};

DnsAnswer address(Seconds ttl) {
  return {.status = DnsAnswer::Status::found, .ttl = ttl, .addresses = {*IpAddress::parse("192.0.2.7")}};
}

/// For how many seconds an answer is known.
std::int64_t lifetime(const DnsAnswer& answer) {
  DnsCache cache;
  cache.keep(start, question, answer);
  std::int64_t seconds = 0;
  while (cache.find(start + Seconds(seconds), question) != nullptr) ++seconds;
  return seconds;
}

}  // namespace

TEST_CASE("an answer of the DNS is known for its TTL, an hour at most") {
  CHECK(lifetime(address(Seconds(7))) == 7);
  CHECK(lifetime(address(Seconds(0))) == 0);
  CHECK(lifetime(address(Seconds(604800))) == 3600);
}

TEST_CASE(
    "that there is nothing is known for a minute at most, that nobody could say for seconds (RFC 2308)") {
  CHECK(lifetime({.status = DnsAnswer::Status::none, .ttl = Seconds(9)}) == 9);
  CHECK(lifetime({.status = DnsAnswer::Status::none, .ttl = Seconds(86400)}) == 60);
  CHECK(lifetime({.status = DnsAnswer::Status::failed, .ttl = Seconds(86400)}) == 5);
}

TEST_CASE("answers of one name are told apart by their type, and a newer one replaces an older one") {
  DnsCache cache;
  cache.keep(start, question, address(Seconds(60)));
  CHECK(cache.find(start, {DnsType::aaaa, "example.net"}) == nullptr);
  CHECK(cache.find(start, {DnsType::a, "example.com"}) == nullptr);
  cache.keep(start, question, {.status = DnsAnswer::Status::none, .ttl = Seconds(10)});
  CHECK(cache.find(start, question)->status == DnsAnswer::Status::none);
  CHECK(cache.find(start + Seconds(10), question) == nullptr);
  CHECK(cache.size() == 1);
}

TEST_CASE("a full cache forgets what would be forgotten first, and what is outdated at once") {
  DnsCache cache;
  cache.keep(start, question, address(Seconds(1)));
  for (std::size_t i = 0; i < 2 * DnsCache::max_entries; ++i)
    cache.keep(start, {DnsType::a, std::to_string(i)}, address(Seconds(static_cast<std::int64_t>(10 + i))));
  CHECK(cache.size() == DnsCache::max_entries);
  CHECK(cache.find(start, question) == nullptr);
  CHECK(cache.find(start, {DnsType::a, std::to_string(2 * DnsCache::max_entries - 1)}) != nullptr);
  cache.keep(start + Seconds(86400), question, address(Seconds(1)));
  CHECK(cache.size() == 1);
}

}  // namespace dns_cache_test
