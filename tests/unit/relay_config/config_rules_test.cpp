#include "config/config_rules.h"

#include <catch2/catch.hpp>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace config_rules_test {

using namespace relay;

namespace {

std::string errors_of(const Config& config, std::set<std::string, std::less<>> refused = {}) {
  ConfigReading reading{config, {}, std::move(refused)};
  check_runnable(reading);
  return reading.error.message;
}

}  // namespace

TEST_CASE("the relay's own domain has no server upstream") {
  Config config;
  REQUIRE(assign(config, "domain", std::vector<std::string>{"example.org"}).empty());
  REQUIRE(assign(config, "udp", std::vector<std::string>{"127.0.0.1:5060"}).empty());
  REQUIRE(assign(config, "upstream", std::vector<std::string>{"EXAMPLE.org=sip:192.0.2.1"}).empty());
  CHECK(errors_of(config) == "upstream: example.org is registered here; it is the domain of this relay");
}

TEST_CASE("names of the relay are in lower case, and no other server registers their users") {
  Config config;
  const std::vector<std::string> values{"Relay.Example.ORG", "203.0.113.1", "[2001:DB8::1]"};
  REQUIRE(assign(config, "name", values).empty());
  CHECK(config.names == std::vector<std::string>{"relay.example.org", "203.0.113.1", "[2001:db8::1]"});
  REQUIRE(assign(config, "udp", std::vector<std::string>{"127.0.0.1:0"}).empty());
  CHECK(errors_of(config).empty());
  config.upstreams.emplace("relay.example.org", "sip:192.0.2.1");
  CHECK(errors_of(config) == "upstream: relay.example.org is a name of this relay");
}

TEST_CASE("a server upstream needs a way back that is no WebSocket") {
  Config config;
  REQUIRE(assign(config, "ws", std::vector<std::string>{"127.0.0.1:80"}).empty());
  REQUIRE(assign(config, "upstream", std::vector<std::string>{"example.net=sip:192.0.2.1"}).empty());
  CHECK(errors_of(config) == "upstream: needs at least one of --udp, --tcp and --tls for the way back");
  REQUIRE(assign(config, "tcp", std::vector<std::string>{"127.0.0.1:5060"}).empty());
  CHECK(errors_of(config).empty());
}

TEST_CASE("connections are reused with trusted servers alone") {
  Config config;
  REQUIRE(assign(config, "tcp", std::vector<std::string>{"127.0.0.1:5060"}).empty());
  REQUIRE(assign(config, "connection-reuse", std::vector<std::string>{"trusted"}).empty());
  CHECK(errors_of(config) == "connection-reuse: needs at least one --trusted");
  REQUIRE(assign(config, "trusted", std::vector<std::string>{"192.0.2.7"}).empty());
  CHECK(errors_of(config).empty());
}

TEST_CASE("a relay without a listener or with a page that is not there can't start") {
  Config config;
  CHECK(errors_of(config) == "ws, wss, udp, tcp, tls: nothing to listen on; give at least one of them");
  config.listeners = {*parse_listener(sip::Protocol::udp, "127.0.0.1:0")};
  CHECK(errors_of(config).empty());
  config.web = "no/such/directory";
  CHECK(errors_of(config) == "web: there is no directory \"no/such/directory\"");
}

TEST_CASE("a relay that speaks TLS needs a certificate and its key") {
  for (const sip::Protocol protocol : {sip::Protocol::wss, sip::Protocol::tls}) {
    Config config;
    config.listeners = {*parse_listener(protocol, "127.0.0.1:0")};
    CHECK(errors_of(config) ==
          "certificate: is needed by wss, tls and private-key\n"
          "private-key: is needed by wss, tls and certificate");
    config.certificate = "chain.pem";
    config.private_key = "key.pem";
    CHECK(errors_of(config).empty());
  }
}

TEST_CASE("a certificate and its key need each other") {
  for (const char* listener : {"udp", "tls"}) {
    Config config;
    REQUIRE(assign(config, listener, std::vector<std::string>{"127.0.0.1:0"}).empty());
    config.certificate = "chain.pem";
    CHECK(errors_of(config) == "private-key: is needed by wss, tls and certificate");
    std::swap(config.certificate, config.private_key);
    CHECK(errors_of(config) == "certificate: is needed by wss, tls and private-key");
  }
}

TEST_CASE("accounts may not be kept where the page is served from") {
  Config config;
  config.listeners = {*parse_listener(sip::Protocol::ws, "127.0.0.1:0")};
  config.web = ".";
  for (const char* data : {".", "./", "accounts", "no/such/../place", "x/.."}) {
    config.data = data;
    CHECK(errors_of(config) == "data: must not lie in \".\", which web shows to everyone");
  }
  config.web = "no/such/directory";
  config.data = "no/such/directory/accounts";
  CHECK(errors_of(config) ==
        "web: there is no directory \"no/such/directory\"\n"
        "data: must not lie in \"no/such/directory\", which web shows to everyone");
  config.web = ".";
  for (const char* data : {"..", "../accounts", "/", ":memory:"}) {
    config.data = data;
    CHECK(errors_of(config).empty());
  }
}

TEST_CASE(
    "neither the key of the certificate nor the token of the admin API may be where the page is served "
    "from") {
  Config config;
  config.listeners = {*parse_listener(sip::Protocol::ws, "127.0.0.1:0")};
  config.data = in_memory;
  config.web = ".";
  config.certificate = "tls/chain.pem";
  config.private_key = "tls/key.pem";
  config.admin_token_file = "token";
  CHECK(errors_of(config) ==
        "private-key: must not lie in \".\", which web shows to everyone\n"
        "admin-token-file: must not lie in \".\", which web shows to everyone");
  CHECK(errors_of(config, {"private-key", "admin-token-file"}).empty());
  config.private_key = "../key.pem";
  config.admin_token_file = "../token";
  CHECK(errors_of(config).empty());
}

TEST_CASE("the longest message arrives in time, however slowly a connection is read") {
  Config config;
  config.listeners = {*parse_listener(sip::Protocol::udp, "127.0.0.1:0")};
  config.limit_connection_kilobytes = 127;
  config.limit_arrival_seconds = 1;
  CHECK(errors_of(config) ==
        "limit-connection-kilobytes: times limit-arrival-seconds must be 128 or more, or long messages "
        "never arrive in time");
  CHECK(errors_of(config, {"limit-arrival-seconds"}).empty());
  config.limit_arrival_seconds = 2;
  CHECK(errors_of(config).empty());
}

TEST_CASE("nothing is wrong for want of a value that was given and refused") {
  Config config;
  for (const char* key : {"ws", "wss", "udp", "tcp", "tls"}) CHECK(errors_of(config, {key}).empty());
  config.upstreams = {{"localhost", "sip:192.0.2.1"}};
  config.listeners = {*parse_listener(sip::Protocol::wss, "127.0.0.1:0")};
  CHECK(errors_of(config, {"domain", "udp", "certificate", "private-key"}).empty());
  config = {};
  config.listeners = {*parse_listener(sip::Protocol::udp, "127.0.0.1:0")};
  config.admin = parse_listener(sip::Protocol::tcp, "192.0.2.1:9091");
  config.connection_reuse = ConnectionReuse::trusted;
  config.web = ".";
  config.data.clear();
  CHECK(errors_of(config, {"admin-token-file", "trusted", "data"}).empty());
}

}  // namespace config_rules_test
