#include "logic/origin_policy.h"

#include <catch2/catch.hpp>

namespace origin_policy_test {

using relay::OriginPolicy;

TEST_CASE("pages from where the WebSocket is may open it, whatever ends TLS in front of the relay") {
  const OriginPolicy policy({});
  CHECK(policy.allows("https://relay.example", "relay.example"));
  CHECK(policy.allows("https://Relay.Example", "relay.example:443"));
  CHECK(policy.allows("http://127.0.0.1:8060", "127.0.0.1:8060"));
  CHECK(policy.allows("http://[::1]:8060", "[::1]:8060"));
}

TEST_CASE("pages from elsewhere may not, unless they are listed") {
  const OriginPolicy strict({});
  const OriginPolicy open({"https://shop.example", "https://other.example:8443"});
  for (const char* origin : {"https://shop.example", "https://other.example:8443"}) {
    CHECK_FALSE(strict.allows(origin, "relay.example"));
    CHECK(open.allows(origin, "relay.example"));
  }
  for (const char* origin :
       {"http://shop.example", "https://other.example", "https://relay.example.evil", "https://evil", "null",
        "relay.example", "https://relay.example:444", "https://", "://", "https://relay.example/"})
    CHECK_FALSE(open.allows(origin, "relay.example"));
}

TEST_CASE("a host that is missing is nobody's own") {
  CHECK_FALSE(OriginPolicy({}).allows("https://", ""));
  CHECK_FALSE(OriginPolicy({}).allows("https://:443", ":443"));
}

TEST_CASE("what is no browser sends no Origin and is let in") {
  CHECK(OriginPolicy({}).allows("", "relay.example"));
}

TEST_CASE("a star lets everyone in") { CHECK(OriginPolicy({"*"}).allows("null", "relay.example")); }

}  // namespace origin_policy_test
