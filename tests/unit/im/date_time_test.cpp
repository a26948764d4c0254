#include "im/date_time.h"

#include <catch2/catch.hpp>

namespace date_time_test {

using namespace sip;

TEST_CASE("times with zones and fractions are read, those of the RFCs among them") {
  const auto [text, milliseconds] = GENERATE(table<const char*, std::int64_t>({
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T01:00:00.5+01:00", 500},
      {"1970-01-01T00:00:00.123987z", 123},
      {"1969-12-31t23:59:59.99Z", -10},
      {"2001-02-01T12:16:49-05:00", 981'047'809'000},
      {"2000-12-13T13:40:00-08:00", 976'743'600'000},
      {"2006-04-04T12:16:49-05:00", 1'144'171'009'000},
      {"2003-01-27T10:43:00Z", 1'043'664'180'000},
      {"2024-02-29T23:59:60Z", 1'709'251'200'000},
      {"1996-12-19T16:39:57-00:00", 851'013'597'000},
  }));
  CAPTURE(text);
  REQUIRE(parse_date_time(text));
  CHECK(parse_date_time(text)->time_since_epoch().count() == milliseconds);
}

TEST_CASE("what is no date-time gives none") {
  const char* text =
      GENERATE("", "2001-02-01", "2001-02-01T12:16:49", "2001-02-01 12:16:49Z", "2001-02-30T12:16:49Z",
               "2001-13-01T12:16:49Z", "2001-00-01T12:16:49Z", "2001-02-01T24:16:49Z", "2001-02-01T12:60:49Z",
               "2001-02-01T12:16:61Z", "2001-02-01T12:16:49.Z", "2001-02-01T12:16:49Zx",
               "2001-02-01T12:16:49+0500", "2001-02-01T12:16:49+24:00", "2001-02-01T12:16:49+05:60",
               "01-02-01T12:16:49Z", "2001-2-1T12:16:49Z", "+001-02-01T12:16:49Z", "2001-02-01T12:16:4");
  CAPTURE(text);
  CHECK_FALSE(parse_date_time(text));
}

TEST_CASE("a time is written in UTC to the second, and reads as that") {
  const UnixTime noon{Seconds(1'795'521'600)};
  CHECK(date_time(noon) == "2026-11-24T12:00:00Z");
  CHECK(date_time(noon + Milliseconds(999)) == "2026-11-24T12:00:00Z");
  CHECK(date_time(UnixTime(Milliseconds(-1))) == "1969-12-31T23:59:59Z");
  for (const std::int64_t seconds : {0LL, 951'782'400LL, 4'102'444'799LL}) {
    const UnixTime time{Seconds(seconds)};
    CHECK(parse_date_time(date_time(time)) == time);
  }
}

}  // namespace date_time_test
