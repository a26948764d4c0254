#include "base/encoding.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

namespace encoding_test {

using sip::hex;
using sip::percent_decoded;
using sip::quoted;
using sip::sip_date;
using sip::unquoted;

namespace {

std::string date_of(std::int64_t seconds) { return sip_date(sip::UnixTime{sip::Seconds{seconds}}); }

}  // namespace

TEST_CASE("bytes are written as two small hexadecimal digits each") {
  const std::array<std::uint8_t, 4> bytes = {0x00, 0x0a, 0xb0, 0xff};
  CHECK(hex(bytes) == "000ab0ff");
  CHECK(hex({}).empty());
}

TEST_CASE("quotes and backslashes are escaped in a quoted string") {
  CHECK(quoted("") == "\"\"");
  CHECK(quoted("Alice") == "\"Alice\"");
  CHECK(quoted("say \"hi\" \\o/") == "\"say \\\"hi\\\" \\\\o/\"");
}

TEST_CASE("control characters are escaped in a quoted string, where they may not stand by themselves") {
  CHECK(quoted(std::string("a\x7f\x01\tb\0", 6)) == std::string("\"a\\\x7f\\\x01\tb\\\0\"", 11));
}

TEST_CASE("what was quoted comes back unquoted") {
  for (const std::string text : {"", "plain", "\"", "\\", "\\\\\"\\", "a\tb", "\xc3\xa4 \xe2\x82\xac"}) {
    CAPTURE(text);
    const std::string in_quotes = quoted(text);
    CHECK(unquoted(in_quotes.substr(1, in_quotes.size() - 2)) == text);
  }
}

TEST_CASE("a line end cannot get into a header field through a quoted string") {
  CHECK(quoted("a\r\nVia: x\n") == "\"a  Via: x \"");
}

TEST_CASE("unquoting undoes escapes of any character and keeps a lone backslash at the end") {
  CHECK(unquoted("a\\b\\\\c\\\"") == "ab\\c\"");
  CHECK(unquoted("end\\") == "end\\");
}

TEST_CASE("a fold in a quoted string, with the white space around it, is one space (7.3.1)") {
  CHECK(unquoted("a\r\n b") == "a b");
  CHECK(unquoted("a \t\r\n\t  b") == "a b");
  CHECK(unquoted("\r\n b") == " b");
  CHECK(unquoted("a\\\r\n b") == "a\\ b");
}

TEST_CASE("percent escapes are undone") {
  CHECK(percent_decoded("") == "");
  CHECK(percent_decoded("plain+text") == "plain+text");
  CHECK(percent_decoded("%6A%6a%40%25") == "jj@%");
  CHECK(percent_decoded("a%00b") == std::string("a\0b", 3));
  CHECK(percent_decoded("%2541") == "%41");
}

TEST_CASE("a broken percent escape gives nothing") {
  for (const char* text : {"%", "%4", "abc%4", "%g0", "%0g", "%%41", "% 41"}) {
    CAPTURE(text);
    CHECK_FALSE(percent_decoded(text));
  }
}

TEST_CASE("dates are written as SIP writes them") {
  CHECK(date_of(1289690940) == "Sat, 13 Nov 2010 23:29:00 GMT");  // RFC 3261 20.17
  CHECK(date_of(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(date_of(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
  CHECK(date_of(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
  CHECK(date_of(1709251199) == "Thu, 29 Feb 2024 23:59:59 GMT");
  CHECK(date_of(2147483648) == "Tue, 19 Jan 2038 03:14:08 GMT");
  CHECK(date_of(4107542399) == "Sun, 28 Feb 2100 23:59:59 GMT");
  CHECK(date_of(4107542400) == "Mon, 01 Mar 2100 00:00:00 GMT");
}

TEST_CASE("parts of a second are cut off a date, before 1970 too") {
  CHECK(sip_date(sip::UnixTime{sip::Milliseconds{999}}) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(sip_date(sip::UnixTime{sip::Milliseconds{-1}}) == "Wed, 31 Dec 1969 23:59:59 GMT");
}

}  // namespace encoding_test
