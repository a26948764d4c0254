#include "base/constant_time.h"

#include <catch2/catch.hpp>

namespace constant_time_test {

using sip::equal_in_constant_time;

TEST_CASE("the constant-time comparison sees any difference") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("same", "same"));
  CHECK_FALSE(equal_in_constant_time("same", "samf"));
  CHECK_FALSE(equal_in_constant_time("same", "Same"));
  CHECK_FALSE(equal_in_constant_time("same", "sam"));
  CHECK_FALSE(equal_in_constant_time("sam", "same"));
  // Two differences that would cancel out if they were added up with exclusive or.
  CHECK_FALSE(equal_in_constant_time("ab", "ba"));
}

}  // namespace constant_time_test
