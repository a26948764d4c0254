#include "message/scanner.h"

#include <catch2/catch.hpp>

namespace scanner_test {

using sip::Scanner;

TEST_CASE("a token ends at the first character that is none") {
  Scanner scanner("z9hG4bK-1.!%*_+`'~;rest");
  CHECK(scanner.token() == "z9hG4bK-1.!%*_+`'~");
  CHECK(scanner.rest() == ";rest");
}

TEST_CASE("a quoted-string keeps its escapes and must end") {
  Scanner good("\"a \\\" b\" tail");
  CHECK(good.quoted_string() == "a \\\" b");
  CHECK(good.rest() == " tail");
  Scanner open("\"never closed");
  CHECK_FALSE(open.quoted_string());
  CHECK(open.position() == 0);
  Scanner escaped_end("\"ends in an escape\\\"");
  CHECK_FALSE(escaped_end.quoted_string());
}

TEST_CASE("a quoted-string holds folds, UTF-8 and escaped control characters, but none that is bare (25.1)") {
  using namespace std::string_view_literals;
  CHECK(Scanner("\"a\r\n b\""sv).quoted_string() == "a\r\n b");
  CHECK(Scanner("\"\xe5\xa4\xa7\t\""sv).quoted_string() == "\xe5\xa4\xa7\t");
  CHECK(Scanner("\"\\\0\\\x7f\""sv).quoted_string() == "\\\0\\\x7f"sv);
  CHECK_FALSE(Scanner("\"a\0\""sv).quoted_string());
  CHECK_FALSE(Scanner("\"a\x7f\""sv).quoted_string());
  CHECK_FALSE(Scanner("\"a\\\r\n b\""sv).quoted_string());
}

TEST_CASE("a separator takes the white space and folds around it") {
  Scanner scanner(" \r\n ; x");
  CHECK(scanner.separator(';'));
  CHECK(scanner.rest() == "x");
  Scanner other("  x");
  CHECK_FALSE(other.separator(';'));
  CHECK(other.position() == 0);
}

TEST_CASE("a host is a name, an IPv4 address or an IPv6 reference with its brackets") {
  struct Row {
    std::string_view text, host;
  };
  const auto row =
      GENERATE(Row{"example.org:5060", "example.org"}, Row{"192.0.2.1;lr", "192.0.2.1"},
               Row{"[2001:db8::1]:5060", "[2001:db8::1]"}, Row{"[::ffff:192.0.2.1]", "[::ffff:192.0.2.1]"},
               Row{"[2001:db8::1", ""}, Row{"[]", ""}, Row{"", ""}, Row{"[:::::]", ""}, Row{"[1:2:3]", ""},
               Row{"[fffff::]", ""}, Row{"[2001:db8:::192.0.2.1]", "[2001:db8:::192.0.2.1]"});
  Scanner scanner(row.text);
  CHECK(scanner.host() == row.host);
}

TEST_CASE("a comment holds others, escapes and folds, and must end (25.1)") {
  Scanner nested("(a (b) \\) c)d");
  CHECK(nested.comment() == "a (b) \\) c");
  CHECK(nested.rest() == "d");
  CHECK(Scanner("()").comment() == "");
  CHECK(Scanner("(a\r\n b)").comment() == "a\r\n b");
  for (const auto bad : {"", "a(b)", "(a", "((a)", "(a\\)", "(a\x7f)", "(a\\\r\n b)"}) {
    Scanner scanner(bad);
    CHECK_FALSE(scanner.comment());
    CHECK(scanner.position() == 0);
  }
}

}  // namespace scanner_test
