#include "config/config_rules.h"

#include <catch2/catch.hpp>
#include <vector>

namespace config_rules_test {

using namespace relay;

TEST_CASE("the relay's own domain has no server upstream") {
  Config config;
  REQUIRE(assign(config, "domain", std::vector<std::string>{"example.org"}).empty());
  REQUIRE(assign(config, "udp", std::vector<std::string>{"127.0.0.1:5060"}).empty());
  REQUIRE(assign(config, "upstream", std::vector<std::string>{"EXAMPLE.org=sip:192.0.2.1"}).empty());
  REQUIRE(check_runnable(config));
  CHECK(check_runnable(config)->message ==
        "upstream: example.org is registered here; it is the domain of this relay");
}

TEST_CASE("a server upstream needs a way back that is no WebSocket") {
  Config config;
  REQUIRE(assign(config, "ws", std::vector<std::string>{"127.0.0.1:80"}).empty());
  REQUIRE(assign(config, "upstream", std::vector<std::string>{"example.net=sip:192.0.2.1"}).empty());
  REQUIRE(check_runnable(config));
  CHECK(check_runnable(config)->message ==
        "upstream: needs at least one of --udp, --tcp and --tls for the way back");
  REQUIRE(assign(config, "tcp", std::vector<std::string>{"127.0.0.1:5060"}).empty());
  CHECK_FALSE(check_runnable(config));
}

TEST_CASE("connections are reused with trusted servers alone") {
  Config config;
  REQUIRE(assign(config, "tcp", std::vector<std::string>{"127.0.0.1:5060"}).empty());
  REQUIRE(assign(config, "connection-reuse", std::vector<std::string>{"trusted"}).empty());
  REQUIRE(check_runnable(config));
  CHECK(check_runnable(config)->message == "connection-reuse: needs at least one --trusted");
  REQUIRE(assign(config, "trusted", std::vector<std::string>{"192.0.2.7"}).empty());
  CHECK_FALSE(check_runnable(config));
}

TEST_CASE("a relay without a listener or with a page that is not there can't start") {
  Config config;
  CHECK(check_runnable(config)->message ==
        "nothing to listen on: give at least one of --ws, --wss, --udp, --tcp and --tls");
  config.listeners = {*parse_listener(sip::Protocol::udp, "127.0.0.1:0")};
  CHECK_FALSE(check_runnable(config));
  config.web = "no/such/directory";
  CHECK(check_runnable(config)->message == "web: there is no directory \"no/such/directory\"");
}

TEST_CASE("a relay that speaks TLS needs a certificate and its key") {
  for (const sip::Protocol protocol : {sip::Protocol::wss, sip::Protocol::tls}) {
    Config config;
    config.listeners = {*parse_listener(protocol, "127.0.0.1:0")};
    CHECK(check_runnable(config)->message == "wss and tls need --certificate and --private-key");
    config.certificate = "chain.pem";
    CHECK(check_runnable(config));
    config.private_key = "key.pem";
    CHECK_FALSE(check_runnable(config));
  }
}

TEST_CASE("accounts may not be kept where the page is served from") {
  Config config;
  config.listeners = {*parse_listener(sip::Protocol::ws, "127.0.0.1:0")};
  config.web = ".";
  for (const char* data : {".", "./", "accounts", "no/such/../place", "x/.."}) {
    config.data = data;
    REQUIRE(check_runnable(config));
    CHECK(check_runnable(config)->message == "data: must not lie in \".\", which web shows to everyone");
  }
  for (const char* data : {"..", "../accounts", "/", ":memory:"}) {
    config.data = data;
    CHECK_FALSE(check_runnable(config));
  }
}

}  // namespace config_rules_test
