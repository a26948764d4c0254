#include "base/ip_literal.h"

#include <catch2/catch.hpp>

namespace ip_literal_test {

using sip::parse_ipv4;
using sip::parse_ipv6;

TEST_CASE("an IPv6 text is read by its bytes, however it is written (RFC 5954 4.2)") {
  CHECK(parse_ipv6("::ffff:192.0.2.128") == parse_ipv6("::ffff:c000:280"));
  CHECK(parse_ipv6("2001:db8::9:1") == parse_ipv6("2001:DB8:0:0:0:0:9:01"));
  CHECK(parse_ipv6("0:0:0:0:0:FFFF:129.144.52.38") == parse_ipv6("::FFFF:129.144.52.38"));
  CHECK(parse_ipv6("::") == sip::IpBytes{});
  CHECK(parse_ipv6("::ffff:192.0.2.1") == parse_ipv4("192.0.2.1"));
  CHECK(parse_ipv6("1::") != parse_ipv6("::1"));
}

TEST_CASE("RFC 5118 4.10: a third colon before an IPv4 tail is overlooked, and nowhere else") {
  CHECK(parse_ipv6("2001:db8:::192.0.2.1") == parse_ipv6("2001:db8::192.0.2.1"));
  CHECK_FALSE(parse_ipv6("2001:db8:::1"));
  CHECK_FALSE(parse_ipv6("2001:db8::::192.0.2.1"));
}

TEST_CASE("what is no IPv6 address is refused") {
  const auto text =
      GENERATE("", ":", "1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "1::2::3",
               "12345::", "g::", ":1::", "1:", "::1:", "1.2.3.4", "1.2.3.4::", "::1.2.3", "::1.2.3.4:5",
               "::1.2.3.256", "::1.2.3.4.5", "1:2:3:4:5:6:7:1.2.3.4", "::1 ", "[::1]", "::%25eth0");
  CAPTURE(text);
  CHECK_FALSE(parse_ipv6(text));
}

TEST_CASE("what is no dotted IPv4 address is refused") {
  const auto text =
      GENERATE("", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.0004", "1..3.4", "a.b.c.d", "1.2.3.4 ");
  CAPTURE(text);
  CHECK_FALSE(parse_ipv4(text));
}

}  // namespace ip_literal_test
