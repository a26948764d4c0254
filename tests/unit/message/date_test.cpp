#include "message/date.h"

#include <catch2/catch.hpp>
#include <string>

namespace date_test {

using namespace sip;

namespace {

struct Reading {
  std::string_view text;
  std::int64_t seconds;  ///< since 1970-01-01 UTC
};

void check_readings(std::initializer_list<Reading> readings) {
  for (const auto& [text, seconds] : readings) {
    CAPTURE(text);
    const auto date = parse_date(text);
    REQUIRE(date);
    CHECK(*date == UnixTime(Seconds(seconds)));
  }
}

void check_refused(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    CAPTURE(text);
    CHECK_FALSE(parse_date(text));
  }
}

}  // namespace

TEST_CASE("a SIP-date is read to the second") {
  check_readings({
      {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
      {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
      {"Sat, 13 Nov 2010 23:29:00 GMT", 1'289'690'940},
      {"Tue, 19 Jan 2038 03:14:08 GMT", 2'147'483'648},
      {"Fri, 31 Dec 9999 23:59:59 GMT", 253'402'300'799},
  });
}

TEST_CASE("every month has its name and its length") {
  check_readings({
      {"Tue, 31 Jan 2023 00:00:00 GMT", 1'675'123'200},
      {"Tue, 28 Feb 2023 00:00:00 GMT", 1'677'542'400},
      {"Fri, 31 Mar 2023 00:00:00 GMT", 1'680'220'800},
      {"Sun, 30 Apr 2023 00:00:00 GMT", 1'682'812'800},
      {"Wed, 31 May 2023 00:00:00 GMT", 1'685'491'200},
      {"Fri, 30 Jun 2023 00:00:00 GMT", 1'688'083'200},
      {"Mon, 31 Jul 2023 00:00:00 GMT", 1'690'761'600},
      {"Thu, 31 Aug 2023 00:00:00 GMT", 1'693'440'000},
      {"Sat, 30 Sep 2023 00:00:00 GMT", 1'696'032'000},
      {"Tue, 31 Oct 2023 00:00:00 GMT", 1'698'710'400},
      {"Thu, 30 Nov 2023 00:00:00 GMT", 1'701'302'400},
      {"Sun, 31 Dec 2023 00:00:00 GMT", 1'703'980'800},
  });
  check_refused({
      "Sun, 00 Jan 2023 00:00:00 GMT",
      "Wed, 32 Jan 2023 00:00:00 GMT",
      "Mon, 31 Apr 2023 00:00:00 GMT",
      "Sat, 31 Jun 2023 00:00:00 GMT",
      "Sun, 31 Sep 2023 00:00:00 GMT",
      "Fri, 31 Nov 2023 00:00:00 GMT",
      "Thu, 30 Feb 2023 00:00:00 GMT",
  });
}

TEST_CASE("the 29th of February exists in leap years only") {
  check_readings({
      {"Thu, 29 Feb 2024 00:00:00 GMT", 1'709'164'800},
      {"Tue, 29 Feb 2000 00:00:00 GMT", 951'782'400},
      {"Fri, 01 Mar 2024 00:00:00 GMT", 1'709'251'200},
  });
  check_refused({
      "Wed, 29 Feb 2023 00:00:00 GMT",
      "Thu, 29 Feb 1900 00:00:00 GMT",
      "Mon, 29 Feb 2100 00:00:00 GMT",
  });
}

TEST_CASE("the time of day ends at 23:59:59, a leap second is the next second") {
  check_readings({
      {"Sat, 31 Dec 2016 23:59:59 GMT", 1'483'228'799},
      {"Sat, 31 Dec 2016 23:59:60 GMT", 1'483'228'800},
  });
  check_refused({
      "Sat, 31 Dec 2016 24:00:00 GMT",
      "Sat, 31 Dec 2016 23:60:00 GMT",
      "Sat, 31 Dec 2016 23:59:61 GMT",
  });
}

TEST_CASE("a date in any zone but GMT is refused") {
  // 20.17: SIP restricts the time zone to GMT, and the date is case-sensitive.
  check_refused({
      "Sat, 13 Nov 2010 23:29:00 EST",
      "Sat, 13 Nov 2010 23:29:00 UTC",
      "Sat, 13 Nov 2010 23:29:00 gmt",
      "Sat, 13 Nov 2010 23:29:00 +0000",
      "Sat, 13 Nov 2010 23:29:00 GMT+1",
      "Sat, 13 Nov 2010 23:29:00",
      "Sat, 13 Nov 2010 23:29:00 Z",
  });
}

TEST_CASE("the weekday is one of the seven names") {
  for (const std::string_view name : {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}) {
    CAPTURE(name);
    CHECK(parse_date(std::string(name) + ", 13 Nov 2010 23:29:00 GMT"));
  }
  check_refused({
      "Foo, 13 Nov 2010 23:29:00 GMT",
      "sat, 13 Nov 2010 23:29:00 GMT",
      "SAT, 13 Nov 2010 23:29:00 GMT",
      "\r\n , 13 Nov 2010 23:29:00 GMT",
      "Saturday, 13 Nov 2010 23:29:00 GMT",
      "13 Nov 2010 23:29:00 GMT",
  });
}

TEST_CASE("a weekday that contradicts the date is ignored: the date says it better") {
  check_readings({{"Mon, 13 Nov 2010 23:29:00 GMT", 1'289'690'940}});
}

TEST_CASE("what is not of the one form of a SIP-date is refused") {
  check_refused({
      "",
      "now",
      "1289690940",
      "2010-11-13T23:29:00Z",
      "Saturday, 13-Nov-10 23:29:00 GMT",
      "Sat Nov 13 23:29:00 2010",
      "Sat, 3 Nov 2010 23:29:00 GMT",
      "Sat,  3 Nov 2010 23:29:00 GMT",
      "Sat, 13 nov 2010 23:29:00 GMT",
      "Sat, 13 Nvm 2010 23:29:00 GMT",
      "Sat, 13 Nov  010 23:29:00 GMT",
      "Sat, 13 Nov -010 23:29:00 GMT",
      "Sat, 13 Nov 2010 +3:29:00 GMT",
      "Sat, 13 Nov 2010 23.29.00 GMT",
      "Sat; 13 Nov 2010 23:29:00 GMT",
      "Sat, 13-Nov-2010 23:29:00 GMT",
      "Sat, 13 Nov 2010T23:29:00 GMT",
      " Sat, 13 Nov 2010 23:29:00 GMT",
      "Sat, 13 Nov 2010 23:29:00 GMT ",
  });
}

TEST_CASE("no shortened date is taken for a whole one") {
  const std::string_view whole = "Sat, 13 Nov 2010 23:29:00 GMT";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(parse_date(whole.substr(0, length)));
  }
}

}  // namespace date_test
