#include "logic/origin_policy.h"

#include <catch2/catch.hpp>

namespace origin_policy_test {

using relay::OriginPolicy;

namespace {

using Host = OriginPolicy::Host;

OriginPolicy policy(std::vector<std::string> allowed = {}) {
  return {std::move(allowed), {"relay.example", "example.org"}};
}

}  // namespace

TEST_CASE("pages from where the WebSocket is may open it, whatever ends TLS in front of the relay") {
  CHECK(policy().allows("https://relay.example", "relay.example", Host::resolved));
  CHECK(policy().allows("https://Relay.Example", "relay.example:443", Host::resolved));
  CHECK(policy().allows("https://chat.example.org:8443", "chat.example.org:8443", Host::resolved));
  CHECK(policy().allows("http://127.0.0.1:8060", "127.0.0.1:8060", Host::resolved));
  CHECK(policy().allows("http://[::1]:8060", "[::1]:8060", Host::resolved));
  CHECK(policy().allows("http://[::1]", "[::1]", Host::resolved));
  CHECK(policy().allows("http://localhost:8060", "localhost:8060", Host::resolved));
}

TEST_CASE(
    "pages of a web site may not because its name leads here, but by a certificate or where it is listed") {
  for (const std::string host :
       {"evil.example", "evil.example:8060", "evilrelay.example", "relay.example.evil", "org", ".example"}) {
    INFO(host);
    const std::string origin = "http://" + host;
    CHECK_FALSE(policy().allows(origin, host, Host::resolved));
    CHECK(policy().allows(origin, host, Host::certified));
    CHECK(policy({origin}).allows(origin, host, Host::resolved));
  }
}

TEST_CASE("pages from elsewhere may not, unless they are listed") {
  const OriginPolicy open = policy({"https://shop.example", "https://other.example:8443"});
  for (const Host known : {Host::certified, Host::resolved}) {
    for (const char* origin : {"https://shop.example", "https://other.example:8443"}) {
      CHECK_FALSE(policy().allows(origin, "relay.example", known));
      CHECK(open.allows(origin, "relay.example", known));
    }
    for (const char* origin :
         {"http://shop.example", "https://other.example", "https://relay.example.evil", "https://evil",
          "null", "relay.example", "https://relay.example:444", "https://", "://", "https://relay.example/"})
      CHECK_FALSE(open.allows(origin, "relay.example", known));
  }
}

TEST_CASE("a host that is missing is nobody's own") {
  CHECK_FALSE(policy().allows("https://", "", Host::certified));
  CHECK_FALSE(policy().allows("https://:443", ":443", Host::certified));
}

TEST_CASE("what is no browser sends no Origin and is let in") {
  CHECK(policy().allows("", "evil.example", Host::resolved));
}

TEST_CASE("a star lets everyone in") { CHECK(policy({"*"}).allows("null", "relay.example", Host::resolved)); }

}  // namespace origin_policy_test
