#include <catch2/catch.hpp>
#include <string>

#include "im/delivery.h"

namespace draft_test {

using namespace sip;

TEST_CASE("a draft is valid when its text is UTF-8 and its type is one") {
  CHECK(is_valid(Draft{.body = "gr\xc3\xbc\xc3\x9f\r\n", .content_type = "text/plain;charset=UTF-8"}));
  CHECK(is_valid(Draft{.body = ""}));
  CHECK_FALSE(is_valid(Draft{.body = "gr\xfc\xdf"}));
  CHECK_FALSE(is_valid(Draft{.body = "x", .content_type = "text"}));
  CHECK_FALSE(is_valid(Draft{.body = "x", .content_type = ""}));
}

TEST_CASE("a type that would begin another header field is none, though a received one may be folded") {
  CHECK_FALSE(is_valid(Draft{.body = "x", .content_type = "text/plain;a=\r\nContact:x"}));
  CHECK_FALSE(is_valid(Draft{.body = "x", .content_type = "text/plain;a=\"\r\n\""}));
}

TEST_CASE("a draft is of use for 0 to 2^32 - 1 seconds (RFC 3261 20.19)") {
  for (const std::int64_t seconds : {0LL, 1LL, 0xffff'ffffLL})
    CHECK(is_valid(Draft{.body = "x", .expires = Seconds(seconds)}));
  for (const std::int64_t seconds : {-1LL, 0x1'0000'0000LL})
    CHECK_FALSE(is_valid(Draft{.body = "x", .expires = Seconds(seconds)}));
}

TEST_CASE("a draft expires when its seconds are over, and never without any") {
  const UnixTime written{Seconds(1000)};
  const Draft draft{.body = "x", .first_sent = written, .expires = Seconds(60)};
  CHECK_FALSE(is_expired(draft, written + Milliseconds(59'999)));
  CHECK(is_expired(draft, written + Seconds(60)));
  CHECK_FALSE(is_expired(Draft{.body = "x", .first_sent = written}, UnixTime(Seconds(1LL << 40))));
}

TEST_CASE("a draft with a field that cannot be written is not valid") {
  CHECK(is_valid(Draft{.body = "x", .fields = {.subject = "Lunch"}}));
  CHECK_FALSE(is_valid(Draft{.body = "x", .fields = {.subject = "Lunch\r\nContact: x"}}));
}

}  // namespace draft_test
