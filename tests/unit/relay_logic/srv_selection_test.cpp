#include "logic/srv_selection.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

namespace srv_selection_test {

using namespace relay;

namespace {

std::string targets(const std::vector<SrvRecord>& records) {
  std::string names;
  for (const SrvRecord& record : records) names += record.target;
  return names;
}

}  // namespace

TEST_CASE("SRV targets are tried by priority (RFC 2782)") {
  sip::Random random(sip::seed_from(1));
  CHECK(targets(in_order({{30, 9, 1, "c"}, {10, 0, 1, "a"}, {20, 0, 1, "b"}}, random)) == "abc");
  CHECK(in_order({}, random).empty());
}

TEST_CASE("within a priority chance decides as the weights have it (RFC 2782)") {
  sip::Random random(sip::seed_from(1));
  std::map<char, int> first;
  for (int i = 0; i < 4000; ++i)
    ++first[targets(
        in_order({{1, 0, 1, "z"}, {1, 30, 1, "m"}, {1, 10, 1, "s"}, {2, 999, 1, "l"}}, random))[0]];
  // Of 41 numbers one is z's, 30 are m's, 10 are s's.
  CHECK(first['m'] == Approx(4000 * 30 / 41.0).epsilon(0.05));
  CHECK(first['s'] == Approx(4000 * 10 / 41.0).epsilon(0.1));
  CHECK(first['z'] > 0);
  CHECK(first['z'] < 200);
  CHECK(first['l'] == 0);
}

TEST_CASE("every SRV target is tried once, whatever the weights") {
  sip::Random random(sip::seed_from(7));
  for (int i = 0; i < 100; ++i) {
    std::string order = targets(in_order(
        {{1, 65535, 1, "a"}, {1, 65535, 1, "b"}, {1, 0, 1, "c"}, {1, 0, 1, "d"}, {0, 1, 1, "e"}}, random));
    CHECK(order.front() == 'e');
    std::sort(order.begin(), order.end());
    CHECK(order == "abcde");
  }
}

}  // namespace srv_selection_test
