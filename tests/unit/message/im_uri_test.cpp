#include "message/im_uri.h"

#include <catch2/catch.hpp>

#include "message/uri.h"

namespace im_uri_test {

using namespace sip;

TEST_CASE("an im URI gives user and host, and the SIP URI that it stands for") {
  const auto uri = ImUri::parse("IM:fl%75ffy@example.com");
  REQUIRE(uri);
  CHECK(uri->user == "fl%75ffy");
  CHECK(uri->host == "example.com");
  CHECK(as_sip_uri(*uri) == "sip:fl%75ffy@example.com");
}

TEST_CASE(
    "an im URI without a mailbox, with headers, or with what a SIP URI would read otherwise is refused") {
  const auto text =
      GENERATE("", "im", "im:", "im:bob", "im:@a", "im:bob@", "im:bob@a?subject=x", "im:?to=bob@a",
               "im:bob:pw@a", "im:bob@a:5060", "im:bob;x@a", "im:bob@a;x", "im:bob@a,carol@a", "im:b%4@a",
               "im:\"b\"@a", "im:b b@a", "im:b@c@a", "sip:bob@a", "im:b/c@a");
  CAPTURE(text);
  CHECK_FALSE(ImUri::parse(text));
}

TEST_CASE("im URIs are equal by RFC 3986 6.2.2") {
  const auto same = [](std::string_view a, std::string_view b) {
    return equivalent(*Uri::parse(a), *Uri::parse(b));
  };
  CHECK(same("im:bob@example.com", "IM:b%6Fb@EXAMPLE.com"));
  CHECK_FALSE(same("im:bob@example.com", "im:Bob@example.com"));
  CHECK_FALSE(same("im:bob@example.com", "im:bob@example.org"));
  CHECK_FALSE(same("im:bob@example.com", "im:bob@example.com?x=y"));
  CHECK_FALSE(same("im:bob@example.com", "pres:bob@example.com"));
}

}  // namespace im_uri_test
