#include "base/random.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <set>
#include <string>
#include <string_view>

#include "base/ascii.h"

namespace random_test {

using sip::Random;
using sip::seed_from;

TEST_CASE("the same seed gives the same run") {
  Random first(seed_from(7));
  Random second(seed_from(7));
  for (int i = 0; i < 100; ++i) {
    REQUIRE(first.next() == second.next());
    REQUIRE(first.token(9) == second.token(9));
    REQUIRE(first.below(10) == second.below(10));
  }
}

TEST_CASE("neighbouring seeds give different runs, and a run does not repeat itself") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed_from(seed));
    for (int i = 0; i < 100; ++i) seen.insert(random.next());
  }
  CHECK(seen.size() == 2000);
}

TEST_CASE("a generator split off gives another run than its origin, the same one each time") {
  Random origin(seed_from(1));
  Random child = origin.split();
  const std::string from_child = child.token(20);
  CHECK(from_child != origin.token(20));
  CHECK(from_child != Random(seed_from(1)).token(20));
  CHECK(from_child == Random(seed_from(1)).split().token(20));
  CHECK(from_child != origin.split().token(20));
}

TEST_CASE("numbers below a bound stay below it and come up about equally often") {
  Random random(seed_from(2));
  std::array<int, 6> counts{};
  for (int i = 0; i < 6000; ++i) {
    const std::uint64_t number = random.below(6);
    REQUIRE(number < 6);
    ++counts[number];
  }
  for (const int count : counts) {
    CHECK(count > 850);
    CHECK(count < 1150);
  }
  CHECK(random.below(1) == 0);
}

TEST_CASE("a bound that is no power of two favours no part of its range") {
  // Of numbers below three quarters of the whole range a plain remainder gives the first third twice as
  // often.
  constexpr std::uint64_t quarter = std::uint64_t{1} << 62;
  Random random(seed_from(3));
  int in_first_third = 0;
  for (int i = 0; i < 3000; ++i) in_first_third += random.below(3 * quarter) < quarter ? 1 : 0;
  CHECK(in_first_third > 900);
  CHECK(in_first_third < 1100);
  CHECK(random.below(std::numeric_limits<std::uint64_t>::max()) < std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("a token has the length asked for and only small letters and digits") {
  Random random(seed_from(4));
  CHECK(random.token(0).empty());
  std::set<char> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string token = random.token(33);
    REQUIRE(token.size() == 33);
    seen.insert(token.begin(), token.end());
  }
  CHECK(seen.size() == 32);
  CHECK(std::all_of(seen.begin(), seen.end(),
                    [](char c) { return sip::is_digit(c) || (c >= 'a' && c <= 'z'); }));
}

TEST_CASE("a UUID URN has the form, version and variant of a random one") {
  constexpr std::string_view form = "urn:uuid:xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
  Random random(seed_from(5));
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string urn = random.uuid_urn();
    CAPTURE(urn);
    REQUIRE(urn.size() == form.size());
    for (std::size_t k = 0; k < form.size(); ++k) {
      if (k < 9 || form[k] == '-' || form[k] == '4') {
        REQUIRE(urn[k] == form[k]);
      } else if (form[k] == 'v') {
        REQUIRE(std::string_view("89ab").find(urn[k]) != std::string_view::npos);
      } else {
        REQUIRE(std::string_view("0123456789abcdef").find(urn[k]) != std::string_view::npos);
      }
    }
    seen.insert(urn);
  }
  CHECK(seen.size() == 100);
}

}  // namespace random_test
