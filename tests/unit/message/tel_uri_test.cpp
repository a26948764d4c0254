#include "message/tel_uri.h"

#include <catch2/catch.hpp>

#include "message/uri.h"

namespace tel_uri_test {

using namespace sip;

namespace {

bool same(std::string_view a, std::string_view b) { return equivalent(*TelUri::parse(a), *TelUri::parse(b)); }

}  // namespace

TEST_CASE("a tel URI gives its number and parameters (RFC 3966 3)") {
  const auto global = TelUri::parse("tel:+1-201-555-0123;ext=7;isub=12;newparam");
  REQUIRE(global);
  CHECK(global->is_global);
  CHECK(global->number == "+1-201-555-0123");
  CHECK(global->subscriber == "+1-201-555-0123;ext=7;isub=12;newparam");
  CHECK(global->params.value("ext") == "7");
  CHECK(global->params.has("newparam"));
  const auto local = TelUri::parse("TEL:*31#a;phone-context=example.com");
  REQUIRE(local);
  CHECK_FALSE(local->is_global);
  CHECK(local->params.value("phone-context") == "example.com");
}

TEST_CASE("a malformed tel URI is refused") {
  const auto text = GENERATE(
      "", "tel", "tel:", "sip:+1", "tel:+", "tel:+-", "tel:+1x", "tel:+*1", "tel:-;phone-context=a.b",
      "tel:7042", "tel:7042;ext=1", "tel:1;phone-context=", "tel:1;phone-context", "tel:1;phone-context=4.4",
      "tel:1;phone-context=-a.b", "tel:1;phone-context=a..b", "tel:1;phone-context=+x", "tel:+1;",
      "tel:+1;;a", "tel:+1;a=1;A=2", "tel:+1;ext=1;x=2;ext=1", "tel:+1;ext=x", "tel:+1;a_b=1",
      "tel:+1;a=", "tel:+1;a=%4", "tel:+1;a=%zz", "tel:+1;a=b c", "tel:+1?x=y", "tel:+1@host");
  CAPTURE(text);
  CHECK_FALSE(TelUri::parse(text));
}

TEST_CASE("tel URIs that RFC 3966 4 calls equivalent are") {
  CHECK(same("tel:+358-555-1234567;postd=pp22", "tel:+358-555-1234567;POSTD=PP22"));
  CHECK(same("tel:+1-201-555-0123", "TEL:+1(201)555.0123"));
  CHECK(same("tel:+1;a=1;b", "tel:+1;B;A=1"));
  CHECK(same("tel:aB#*;phone-context=Example.com", "tel:Ab#*;phone-context=example.COM"));
  CHECK(same("tel:863-1234;phone-context=+1-914-555", "tel:8631234;phone-context=+1914555"));
  CHECK(same("tel:+1;ext=1-2", "tel:+1;ext=12"));
  CHECK(equivalent(*Uri::parse("tel:+1-2"), *Uri::parse("TEL:+12")));
}

TEST_CASE("tel URIs that RFC 3966 4 tells apart are different") {
  CHECK_FALSE(same("tel:+12", "tel:12;phone-context=a"));
  CHECK_FALSE(same("tel:+12", "tel:+13"));
  CHECK_FALSE(same("tel:+12;x=1", "tel:+12"));
  CHECK_FALSE(same("tel:+12", "tel:+12;x"));
  CHECK_FALSE(same("tel:+12;x=1", "tel:+12;x=2"));
  CHECK_FALSE(same("tel:+12;x=1", "tel:+12;x"));
  CHECK_FALSE(same("tel:+12;x=1-2", "tel:+12;x=12"));
  CHECK_FALSE(same("tel:12;phone-context=a", "tel:12;phone-context=b"));
  CHECK_FALSE(equivalent(*Uri::parse("tel:+12"), *Uri::parse("tel:+13")));
  CHECK_FALSE(equivalent(*Uri::parse("tel:+12"), *Uri::parse("sip:+12@a")));
}

TEST_CASE("the whole subscriber goes into the user part of a SIP URI (RFC 3261 19.1.6)") {
  const auto sip = [](std::string_view text) { return as_sip_uri(*TelUri::parse(text), "foo.com"); };
  CHECK(sip("tel:+358-555-1234567;postd=pp22") == "sip:+3585551234567;postd=pp22@foo.com;user=phone");
  CHECK(sip("tel:+358-555-1234567;POSTD=PP22") == "sip:+3585551234567;postd=pp22@foo.com;user=phone");
  CHECK(sip("tel:*31#;phone-context=+1") == "sip:*31%23;phone-context=+1@foo.com;user=phone");
  CHECK(sip("tel:+1;x=[a:b]") == "sip:+1;x=%5ba%3ab%5d@foo.com;user=phone");
  CHECK(Uri::parse(sip("tel:*31#;x=[a:b]/&;phone-context=+1")));
}

}  // namespace tel_uri_test
