#include "im/recipient.h"

#include <catch2/catch.hpp>

namespace recipient_test {

using namespace sip;

namespace {

struct Case {
  std::string_view typed;
  std::string_view uri;
};

void check_addresses(std::initializer_list<Case> cases) {
  for (const auto& [typed, uri] : cases) {
    CAPTURE(typed);
    const auto recipient = recipient_uri(typed, "example.org");
    REQUIRE(recipient);
    CHECK(*recipient == uri);
  }
}

void check_refused(std::initializer_list<std::string_view> texts) {
  for (const std::string_view typed : texts) {
    CAPTURE(typed);
    CHECK_FALSE(recipient_uri(typed, "example.org"));
  }
}

}  // namespace

TEST_CASE("a name alone is somebody in one's own domain") {
  check_addresses({
      {"bob", "sip:bob@example.org"},
      {"  bob\t\r\n", "sip:bob@example.org"},
      {"bob.smith-2", "sip:bob.smith-2@example.org"},
      {"+15551234", "sip:+15551234@example.org"},
      {"b%c3%b6b", "sip:b%c3%b6b@example.org"},
  });
  CHECK_FALSE(recipient_uri("bob", ""));
}

TEST_CASE("a name with a host gets the scheme sip") {
  check_addresses({
      {"bob@biloxi.example", "sip:bob@biloxi.example"},
      {"bob@biloxi.example:5070", "sip:bob@biloxi.example:5070"},
      {"bob@192.0.2.7", "sip:bob@192.0.2.7"},
      {"bob@[2001:db8::7]", "sip:bob@[2001:db8::7]"},
      {"bob@[2001:db8::7]:5070", "sip:bob@[2001:db8::7]:5070"},
      {"bob@biloxi.example;transport=tcp", "sip:bob@biloxi.example;transport=tcp"},
  });
}

TEST_CASE("a sip or sips URI is taken as it is") {
  check_addresses({
      {"sip:bob@biloxi.example", "sip:bob@biloxi.example"},
      {" sip:bob@biloxi.example ", "sip:bob@biloxi.example"},
      {"sips:bob@biloxi.example", "sips:bob@biloxi.example"},
      {"SIP:bob@biloxi.example", "SIP:bob@biloxi.example"},
      {"sip:bob@biloxi.example:5070;transport=tcp", "sip:bob@biloxi.example:5070;transport=tcp"},
      {"sip:+15551234@biloxi.example;user=phone", "sip:+15551234@biloxi.example;user=phone"},
  });
}

TEST_CASE("of an address in angle brackets the URI counts") {
  check_addresses({
      {"<sip:bob@biloxi.example>", "sip:bob@biloxi.example"},
      {"<sips:bob@biloxi.example;transport=tcp>", "sips:bob@biloxi.example;transport=tcp"},
      {"Bob <sip:bob@biloxi.example>", "sip:bob@biloxi.example"},
      {"Bob Smith <sip:bob@biloxi.example>", "sip:bob@biloxi.example"},
      {"\"Smith, Bob\" <sip:bob@biloxi.example>", "sip:bob@biloxi.example"},
      {"\"<sip:eve@evil.example>\" <sip:bob@biloxi.example>", "sip:bob@biloxi.example"},
      {"<sip:bob@biloxi.example>;tag=1", "sip:bob@biloxi.example"},
  });
}

TEST_CASE("an im URI of one's own domain is the sip URI, another one is left to the proxy (RFC 3428 5)") {
  check_addresses({
      {"im:bob@example.org", "sip:bob@example.org"},
      {"IM:bob@EXAMPLE.org", "sip:bob@EXAMPLE.org"},
      {"Bob <im:bob@example.org>", "sip:bob@example.org"},
      {"im:bob@biloxi.example", "im:bob@biloxi.example"},
      {"IM:b%6fb@biloxi.example", "im:b%6fb@biloxi.example"},
  });
  check_refused({"im:", "im:bob", "im:@example.org", "im:bob@example.org?subject=x", "im:a:b@example.org",
                 "im:bob@example.org;x=y", "im:\"bob smith\"@example.org", "im:bob@"});
}

TEST_CASE("a tel URI is that number at one's own domain (RFC 3261 19.1.6)") {
  check_addresses({
      {"tel:+15551234", "sip:+15551234@example.org;user=phone"},
      {"TEL:+1-555-1234", "sip:+15551234@example.org;user=phone"},
      {"Bob <tel:+1(555)1234>", "sip:+15551234@example.org;user=phone"},
      {"tel:7042;phone-context=Example.COM", "sip:7042;phone-context=example.com@example.org;user=phone"},
  });
  check_refused({"tel:", "tel:+", "tel:7042", "tel:bob", "tel:+1555;", "tel:+1555?x=y"});
  CHECK_FALSE(recipient_uri("tel:+15551234", ""));
}

TEST_CASE("an address of another scheme than sip, sips, im and tel is refused") {
  check_refused({
      "tel:+15551234@biloxi.example",
      "mailto:bob@biloxi.example",
      "Bob <mailto:bob@biloxi.example>",
      "xmpp:bob@biloxi.example",
      "https://biloxi.example/bob",
      "https://bob@biloxi.example",
      "javascript:alert(1)",
  });
}

TEST_CASE("a URI with headers is refused: they would be written into the request") {
  check_refused({
      "sip:bob@biloxi.example?Subject=hello",
      "sips:bob@biloxi.example;transport=tcp?Route=%3Csip:evil.example%3E",
      "bob@biloxi.example?Subject=hello",
      "Bob <sip:bob@biloxi.example?Subject=hello>",
  });
}

TEST_CASE("a URI without a user is nobody") {
  check_refused({"sip:biloxi.example", "sips:biloxi.example", "sip:@biloxi.example", "@biloxi.example",
                 "<sip:biloxi.example>", "sip:", "sip:bob@", "bob@"});
}

TEST_CASE("what is no address is refused") {
  check_refused({
      "",
      "   ",
      "@",
      "<>",
      "<bob",
      "bob>",
      "Bob <",
      "Bob <>",
      "Bob <sip:bob@biloxi.example",
      "Bob Smith",
      "b\xc3\xb6"
      "b",
      "bob@@biloxi.example",
      "bob@biloxi@example",
      "sip:bob@biloxi@example",
      "bob@bilo xi.example",
      "bob@biloxi.example:port",
      "bob@biloxi.example:70000",
      "bob@[2001:db8::7",
      "bob%zz@biloxi.example",
      "sip:sip:bob@@biloxi.example",
      "bob@biloxi.example, carol@biloxi.example",
      "<sip:bob@biloxi.example>, <sip:carol@biloxi.example>",
      "bob\r\nRoute: <sip:evil.example>",
      "bob@biloxi.example\r\nRoute: <sip:evil.example>",
      "bob\"",
  });
}

TEST_CASE("a NUL byte does not end an address") {
  using namespace std::string_view_literals;
  check_refused({"bob\0"sv, "bob@biloxi.example\0.evil.example"sv, "sip:bob\0@biloxi.example"sv});
}

}  // namespace recipient_test
