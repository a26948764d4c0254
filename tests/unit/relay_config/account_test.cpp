#include "config/account.h"

#include <catch2/catch.hpp>

namespace account_test {

using namespace relay;

TEST_CASE("an account has a user part that a SIP URI can hold as it is") {
  CHECK(parse_account("a.b+c@example.com")->user == "a.b+c");
  for (const char* bad : {"", "@", "a@", "@b", "a@b@c", "a b@c", "a:b@c", "a%20@c", "a\n@c", "\xc3\xa4@c"})
    CHECK_FALSE(parse_account(bad));
}

}  // namespace account_test
