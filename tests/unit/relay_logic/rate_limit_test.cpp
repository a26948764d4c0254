#include "logic/rate_limit.h"

#include <catch2/catch.hpp>
#include <string>

#include "logic/source.h"

namespace rate_limit_test {

using namespace relay;
using namespace sip;

namespace {

constexpr Allowance three_a_second{3, Milliseconds(1000)};
const Instant start{Milliseconds(5000)};

int taken_at_once(RateLimit& limit, Instant now, const std::string& name) {
  int taken = 0;
  for (; taken < 1000 && limit.wait(now, name) == Milliseconds(0); ++taken) limit.take(now, name);
  return taken;
}

std::optional<std::string> source_at(Protocol protocol, std::string_view address) {
  return source_of({protocol, *IpAddress::parse(address), 5060});
}

}  // namespace

TEST_CASE("a bucket gives all its tokens at once, then one after the other") {
  TokenBucket bucket;
  for (int i = 0; i < 3; ++i) {
    CHECK(bucket.wait(start, three_a_second) == Milliseconds(0));
    bucket.take(start, three_a_second);
  }
  CHECK(bucket.wait(start, three_a_second) == Milliseconds(334));
  CHECK(bucket.wait(start + Milliseconds(333), three_a_second) == Milliseconds(1));
  CHECK(bucket.wait(start + Milliseconds(334), three_a_second) == Milliseconds(0));
  CHECK(bucket.full_at() <= start + Milliseconds(1000));
}

TEST_CASE("rounding gives nobody more than is allowed") {
  TokenBucket bucket;
  int taken = 0;
  for (int ms = 0; ms < 60'000; ++ms) {
    const Instant now = start + Milliseconds(ms);
    while (bucket.wait(now, {7, Milliseconds(1000)}) == Milliseconds(0)) {
      bucket.take(now, {7, Milliseconds(1000)});
      ++taken;
    }
  }
  CHECK(taken == 7 + 7 * 60 - 1);
}

TEST_CASE("who has taken more than there was waits so much longer") {
  TokenBucket bucket;
  bucket.take(start, three_a_second, 6);
  CHECK(bucket.wait(start, three_a_second) == Milliseconds(1334));
}

TEST_CASE("a bucket that nothing was taken from is no fuller after an hour") {
  TokenBucket bucket;
  const Instant later = start + Seconds(3600);
  for (int i = 0; i < 3; ++i) bucket.take(later, three_a_second);
  CHECK(bucket.wait(later, three_a_second) > Milliseconds(0));
}

TEST_CASE("each name has a bucket of its own, and a full one is not kept") {
  RateLimit limit(three_a_second);
  CHECK(taken_at_once(limit, start, "a") == 3);
  CHECK(taken_at_once(limit, start, "b") == 3);
  CHECK(limit.size() == 2);
  limit.take(start + Milliseconds(1000), "c");
  CHECK(limit.size() == 1);
}

TEST_CASE("a full table forgets who owes least, and nobody is rid of a debt by many others") {
  RateLimit limit(three_a_second, 10);
  CHECK(taken_at_once(limit, start, "guesser") == 3);
  for (int i = 0; i < 1000; ++i) limit.take(start, "other " + std::to_string(i));
  CHECK(limit.size() <= 10);
  CHECK(limit.wait(start, "guesser") > Milliseconds(0));
}

TEST_CASE("a name without end takes no more memory than a long one") {
  RateLimit limit(three_a_second);
  const std::string name(60'000, 'x');
  limit.take(start, name);
  limit.take(start, name + "1");
  limit.take(start, name + "2");
  CHECK(limit.size() == 1);
  CHECK(limit.wait(start, name) > Milliseconds(0));
}

TEST_CASE("an allowance that changes counts from then on") {
  RateLimit limit(three_a_second);
  CHECK(taken_at_once(limit, start, "a") == 3);
  limit.allow({6, Milliseconds(1000)});
  CHECK(limit.wait(start + Milliseconds(167), "a") == Milliseconds(0));
}

TEST_CASE("a source is an IPv4 address, or the network of an IPv6 address; datagrams are apart") {
  CHECK(source_at(Protocol::tcp, "192.0.2.1") == source_at(Protocol::wss, "192.0.2.1"));
  CHECK(source_at(Protocol::tcp, "192.0.2.1") != source_at(Protocol::tcp, "192.0.2.2"));
  CHECK(source_at(Protocol::tcp, "192.0.2.1") != source_at(Protocol::udp, "192.0.2.1"));
  CHECK(source_at(Protocol::tcp, "2001:db8:1:2:3::4") == source_at(Protocol::tcp, "2001:db8:1:2:5::6"));
  CHECK(source_at(Protocol::tcp, "2001:db8:1:2::1") != source_at(Protocol::tcp, "2001:db8:1:3::1"));
  CHECK(source_at(Protocol::tcp, "127.0.0.2") != std::nullopt);
  CHECK_FALSE(source_at(Protocol::tcp, "127.0.0.1"));
  CHECK_FALSE(source_at(Protocol::udp, "::1"));
}

}  // namespace rate_limit_test
