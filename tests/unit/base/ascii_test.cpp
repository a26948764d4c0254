#include "base/ascii.h"

#include <catch2/catch.hpp>
#include <limits>

namespace ascii_test {

using sip::equal_ignoring_case;
using sip::hex_value;
using sip::is_printable;
using sip::lower_case;
using sip::parse_decimal;
using sip::trim;

TEST_CASE("letters compare without case, all else by byte") {
  CHECK(equal_ignoring_case("Call-ID", "cALL-id"));
  CHECK(equal_ignoring_case("", ""));
  CHECK_FALSE(equal_ignoring_case("Call-ID", "Call-I"));
  CHECK_FALSE(equal_ignoring_case("Call-I", "Call-ID"));
  // Characters that differ from one another in the bit that tells cases of letters apart.
  CHECK_FALSE(equal_ignoring_case("[", "{"));
  CHECK_FALSE(equal_ignoring_case("@", "`"));
  CHECK_FALSE(equal_ignoring_case("\xc3\x84", "\xc3\xa4"));
}

TEST_CASE("lower case touches ASCII letters alone") {
  CHECK(lower_case("AZaz09[@-\xc3\x84") == "azaz09[@-\xc3\x84");
}

TEST_CASE("hexadecimal digits have values, other characters none") {
  CHECK(hex_value('0') == 0);
  CHECK(hex_value('9') == 9);
  CHECK(hex_value('a') == 10);
  CHECK(hex_value('F') == 15);
  CHECK(hex_value('g') == -1);
  CHECK(hex_value('/') == -1);
  CHECK(hex_value(':') == -1);
}

TEST_CASE("a decimal number is read up to its limit and not beyond") {
  CHECK(parse_decimal("0", 0) == 0);
  CHECK(parse_decimal("70", 255) == 70);
  CHECK(parse_decimal("255", 255) == 255);
  CHECK_FALSE(parse_decimal("256", 255));
  CHECK_FALSE(parse_decimal("1", 0));
  CHECK_FALSE(parse_decimal("9", 5));
  CHECK(parse_decimal("0000000000000000000000000000255", 255) == 255);

  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  CHECK(parse_decimal("18446744073709551615", largest) == largest);
  CHECK_FALSE(parse_decimal("18446744073709551616", largest));
  CHECK_FALSE(parse_decimal("99999999999999999999999999", largest));
}

TEST_CASE("what is not digits alone is no decimal number") {
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "1.0", "0x1", "1a"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_decimal(text, 1000));
  }
}

TEST_CASE("a text is printable without control characters, whatever its script") {
  CHECK(is_printable(""));
  CHECK(is_printable(" ~\xc3\xbc\xe6\x97\xa5\x80\xff"));
  for (const char c : {'\0', '\t', '\r', '\n', '\x1f', '\x7f'})
    CHECK_FALSE(is_printable(std::string("a") + c));
}

TEST_CASE("trimming takes blanks and line ends off both ends only") {
  CHECK(trim(" \t\r\n a b \r\n\t") == "a b");
  CHECK(trim("a") == "a");
  CHECK(trim(" \t\r\n").empty());
  CHECK(trim("").empty());
}

}  // namespace ascii_test
