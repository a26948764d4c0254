#include "config/config.h"

#include <catch2/catch.hpp>

#include "config/config_file.h"

namespace config_test {

using namespace relay;

namespace {

std::string problem_of(std::string_view key, std::string_view value) {
  Config config;
  const auto problems = assign(config, key, std::vector{std::string(value)});
  return problems.empty() ? "none" : problems.front();
}

std::string listeners_of(const Config& config) {
  std::string text;
  for (const sip::Endpoint& each : config.listeners)
    text += (text.empty() ? "" : ", ") + std::string(sip::via_transport(each.protocol)) + " " +
            each.address.host() + ":" + std::to_string(each.port);
  return text;
}

std::string error_of(std::string_view json) {
  const auto reading = parse_config_file("relay.json", json);
  return reading.error.empty() ? "none" : reading.error.message;
}

}  // namespace

TEST_CASE("a listener is an address and a port, IPv6 in brackets") {
  const auto v4 = parse_listener(sip::Protocol::udp, "127.0.0.1:5060");
  REQUIRE(v4);
  CHECK(v4->protocol == sip::Protocol::udp);
  CHECK(v4->address.text() == "127.0.0.1");
  CHECK(v4->port == 5060);
  const auto v6 = parse_listener(sip::Protocol::ws, "[::1]:0");
  REQUIRE(v6);
  CHECK(v6->address.text() == "::1");
  CHECK(v6->port == 0);
  for (const char* bad :
       {"", ":", "5060", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:5060 ",
        "localhost:5060", "::1:5060", "[::1]", "[::1:5060", "256.0.0.1:1"})
    CHECK_FALSE(parse_listener(sip::Protocol::udp, bad));
}

TEST_CASE("a domain is a host name or an address and is kept in lower case") {
  CHECK(parse_domain("Example.COM") == "example.com");
  CHECK(parse_domain("127.0.0.1") == "127.0.0.1");
  CHECK(parse_domain("[::1]") == "[::1]");
  for (const char* bad : {"", ".", "a..b", "-a", "a b", "a@b", "a:5060", "[::1", "::1", "[127.0.0.1]", "b\n"})
    CHECK_FALSE(parse_domain(bad));
  CHECK_FALSE(parse_domain(std::string(256, 'a')));
}

TEST_CASE("an origin is a scheme, a host and perhaps a port, or a star") {
  for (const char* good :
       {"*", "https://shop.example", "http://127.0.0.1:8080", "https://[::1]:1", "https://[::1]"})
    CHECK(parse_origin(good) == good);
  for (const char* bad : {"", "shop.example", "https://", "https://shop.example/", "ftp://a", "https://a b",
                          "**", "https://a:", "https://a:65536", "null"})
    CHECK_FALSE(parse_origin(bad));
}

TEST_CASE("an origin is kept as browsers write it, who leave the port out that its scheme means anyway") {
  CHECK(parse_origin("https://Shop.Example:443") == "https://shop.example");
  CHECK(parse_origin("http://shop.example:80") == "http://shop.example");
  CHECK(parse_origin("http://[::1]:80") == "http://[::1]");
  CHECK(parse_origin("https://shop.example:80") == "https://shop.example:80");
  CHECK(parse_origin("http://shop.example:08080") == "http://shop.example:8080");
}

TEST_CASE("a bad value is answered with what it must be") {
  CHECK(problem_of("auth", "basic") == "must be digest or none, not \"basic\"");
  CHECK(problem_of("log-level", "Info") == "must be trace, debug, info, warn, error or off, not \"Info\"");
  CHECK(problem_of("udp", "5060") == "must be ADDRESS:PORT, as 127.0.0.1:5060 or [::1]:5060, not \"5060\"");
  CHECK(problem_of("origin", "shop.example") ==
        "must be an origin, as https://shop.example, or *, not \"shop.example\"");
  CHECK(problem_of("domain", "a b") == "must be a host name or address, not \"a b\"");
  for (const char* bad : {"a b", "", "0.0.0.0", "[::]", "relay.example.org:5060", "::1"})
    CHECK(problem_of("name", bad).starts_with("must be a host name or address, as relay.example.org, not "));
  CHECK(problem_of("data", "") == "must be a directory or :memory:, not \"\"");
  CHECK(problem_of("dns-server", "192.0.2.53") ==
        "must be ADDRESS:PORT, as 192.0.2.53:53, not \"192.0.2.53\"");
  CHECK(problem_of("trusted-authorities", "") == "must be a file, not \"\"");
  CHECK(problem_of("web", "") == "must be a directory, not \"\"");
  CHECK(problem_of("mailbox", "yes") == "must be users, everyone or off, not \"yes\"");
  CHECK(problem_of("io-threads", "65") == "must be a number from 0 to 64, not \"65\"");
  CHECK(problem_of("io-threads", "0") == "none");
  CHECK(problem_of("mailbox-days", "0") == "must be a number from 1 to 365, not \"0\"");
  CHECK(problem_of("mailbox-days", "366") == "must be a number from 1 to 365, not \"366\"");
  CHECK(problem_of("mailbox-messages", "many") == "must be a number from 1 to 100000, not \"many\"");
  CHECK(problem_of("mailbox-megabytes", "-1") == "must be a number from 1 to 1048576, not \"-1\"");
  CHECK(problem_of("trusted", "example.net") ==
        "must be an address, as 192.0.2.1 or 2001:db8::1, not \"example.net\"");
  CHECK(problem_of("trusted", "0.0.0.0") ==
        "must be an address, as 192.0.2.1 or 2001:db8::1, not \"0.0.0.0\"");
  CHECK(problem_of("strangers", "off") == "must be allowed or refused, not \"off\"");
  CHECK(problem_of("connection-reuse", "on") == "must be off or trusted, not \"on\"");
  CHECK(problem_of("ws-compression", "yes") == "must be off or on, not \"yes\"");
  CHECK(problem_of("limit-messages", "0") == "must be a number from 1 to 1000000, not \"0\"");
  CHECK(problem_of("limit-wrong-passwords", "off") == "must be a number from 1 to 100000, not \"off\"");
  CHECK(problem_of("limit-connections", "") == "must be a number from 1 to 1000000, not \"\"");
  CHECK(problem_of("limit-connection-messages", "1e9") == "must be a number from 1 to 1000000, not \"1e9\"");
  CHECK(problem_of("limit-connection-kilobytes", "1048577") ==
        "must be a number from 1 to 1048576, not \"1048577\"");
}

TEST_CASE("a route names a domain, a transport and a server, each domain once") {
  Config config;
  const std::vector<std::string> values{"Example.net=TCP:192.0.2.1:5060", "[2001:db8::1]=tls:[::1]:5061"};
  CHECK(assign(config, "route", values).empty());
  CHECK(config.routes.at("example.net") ==
        sip::Endpoint{sip::Protocol::tcp, *sip::IpAddress::parse("192.0.2.1"), 5060});
  CHECK(config.routes.at("[2001:db8::1]").protocol == sip::Protocol::tls);
  for (const char* bad :
       {"example.net", "example.net=192.0.2.1:5060", "example.net=ws:192.0.2.1:80",
        "example.net=tcp:192.0.2.1:0", "example.net=tcp:example.org:5060", "=tcp:192.0.2.1:1"})
    CHECK(problem_of("route", bad) ==
          "must be DOMAIN=HOW:ADDRESS:PORT, as example.net=tcp:192.0.2.1:5060, each domain once, not \"" +
              std::string(bad) + "\"");
  const std::vector<std::string> twice{"a.test=udp:192.0.2.1:1", "A.test=udp:192.0.2.1:2"};
  CHECK(assign(config, "route", twice).size() == 1);
}

TEST_CASE("an upstream names a domain, or any, and the URI of its server, each domain once") {
  Config config;
  const std::vector<std::string> values{"Example.net=sip:192.0.2.1:5060;transport=tcp",
                                        "example.com=sips:pbx.example.com", "*=sip:[2001:db8::1]:5070"};
  CHECK(assign(config, "upstream", values).empty());
  CHECK(config.upstreams.at("example.net") == "sip:192.0.2.1:5060;transport=tcp");
  CHECK(config.upstreams.at("example.com") == "sips:pbx.example.com");
  CHECK(config.upstreams.at("*") == "sip:[2001:db8::1]:5070");
  for (const char* bad : {"example.net", "sip:192.0.2.1", "=sip:192.0.2.1", "example.net=192.0.2.1:5060",
                          "example.net=tel:+1", "example.net=sip:me@192.0.2.1", "example.net=sip:192.0.2.1:0",
                          "example.net=sip:192.0.2.1;transport=ws", "example.net=sip:192.0.2.1;transport",
                          "example.net=sip:192.0.2.1;lr", "*.net=sip:192.0.2.1",
                          "example.net=sip:192.0.2.1?Subject=x", "example.net=<sip:192.0.2.1>"})
    CHECK(problem_of("upstream", bad) ==
          "must be DOMAIN=URI or *=URI, as example.net=sip:192.0.2.1:5060;transport=tcp, each domain once, "
          "not \"" +
              std::string(bad) + "\"");
  const std::vector<std::string> twice{"a.test=sip:192.0.2.1", "A.test=sip:192.0.2.2"};
  CHECK(assign(config, "upstream", twice).size() == 1);
}

TEST_CASE("each value of a list is judged, and those that are one are kept") {
  for (const auto& [key, good] : {std::pair{"udp", "127.0.0.1:1"},
                                  {"origin", "https://shop.example"},
                                  {"route", "a.test=udp:192.0.2.1:1"},
                                  {"upstream", "a.test=sip:192.0.2.1"},
                                  {"trusted", "192.0.2.7"},
                                  {"trace", "a84b4c76e66710"}}) {
    Config config;
    const auto problems = assign(config, key, std::vector<std::string>{"", good, ""});
    CHECK(problems == std::vector(2, problem_of(key, "")));
    CHECK(config.listeners.size() + config.origins.size() + config.routes.size() + config.upstreams.size() +
              config.trusted.size() + config.traced.size() ==
          1);
  }
}

TEST_CASE("a control character in a bad value reaches no terminal") {
  CHECK(problem_of("auth", "a\n\x1b[2Jb") == "must be digest or none, not \"a??[2Jb\"");
}

TEST_CASE("every key can be set by the configuration file") {
  const auto reading = parse_config_file("relay.json", R"({
    "domain": "Example.org", "ws": "0.0.0.0:80", "wss": ["0.0.0.0:443", "[::]:443"],
    "udp": "10.0.0.1:5060", "tcp": "[::]:5060", "tls": "[::]:5061",
    "certificate": "chain.pem", "private-key": "key.pem",
    "dns-server": "192.0.2.53:53", "route": "example.net=udp:192.0.2.1:5060",
    "upstream": ["example.com=sip:192.0.2.2", "*=sip:192.0.2.3"], "trusted-authorities": "ca.pem",
    "data": "/var/lib/sipmsg", "auth": "none", "web": "dist",
    "origin": ["https://shop.example", "*"],
    "mailbox": "off", "mailbox-days": "7", "mailbox-messages": "50", "mailbox-megabytes": "2048",
    "message-path": "congestion-safe", "log-level": "trace" })");
  REQUIRE(reading.error.empty());
  const Config& config = reading.config;
  CHECK(config.domain == "example.org");
  CHECK(listeners_of(config) ==
        "TCP [::]:5060, TLS [::]:5061, UDP 10.0.0.1:5060, WS 0.0.0.0:80, WSS 0.0.0.0:443, WSS [::]:443");
  CHECK(config.certificate == "chain.pem");
  CHECK(config.private_key == "key.pem");
  CHECK(config.dns_server->address.text() == "192.0.2.53");
  CHECK(config.routes.at("example.net").port == 5060);
  CHECK(config.upstreams.size() == 2);
  CHECK(config.trusted_authorities == "ca.pem");
  CHECK(config.data == "/var/lib/sipmsg");
  CHECK(config.authentication == Authentication::none);
  CHECK(config.web == "dist");
  CHECK(config.origins == std::vector<std::string>{"https://shop.example", "*"});
  CHECK(config.mailbox == Mailboxes::off);
  CHECK(config.mailbox_days == 7);
  CHECK(config.mailbox_messages == 50);
  CHECK(config.mailbox_megabytes == 2048);
  CHECK(config.message_path == sip::Path::congestion_safe);
  CHECK(config.log_level == LogLevel::trace);
}

TEST_CASE("an empty object leaves the defaults") {
  const auto reading = parse_config_file("relay.json", "{}");
  REQUIRE(reading.error.empty());
  const Config& config = reading.config;
  CHECK(config.domain == "localhost");
  CHECK(config.authentication == Authentication::digest);
  CHECK(config.message_path == sip::Path::unknown);
  CHECK(config.log_level == LogLevel::info);
  CHECK(config.listeners.empty());
}

TEST_CASE("everything wrong with a configuration file is said, each in one line that names file and key") {
  CHECK(error_of(R"({"colour": "red"})") == "relay.json: \"colour\" is unknown");
  CHECK(error_of(R"({"web": 5060})") == "relay.json: \"web\" must be a string");
  CHECK(error_of(R"({"udp": 5060})") == "relay.json: \"udp\" must be a string or an array of strings");
  CHECK(error_of(R"({"udp": []})") == "relay.json: \"udp\" must be a string or an array of strings");
  CHECK(error_of(R"({"web": ["a", "b"]})") == "relay.json: \"web\" must have one value");
  CHECK(error_of(R"({"udp": ["127.0.0.1:1", "x"]})") ==
        "relay.json: \"udp\" must be ADDRESS:PORT, as 127.0.0.1:5060 or [::1]:5060, not \"x\"");
  CHECK(error_of(R"({"udp": ["x", 5060, "y", "127.0.0.1:1"]})") ==
        "relay.json: \"udp\" must be ADDRESS:PORT, as 127.0.0.1:5060 or [::1]:5060, not \"x\"\n"
        "relay.json: \"udp\" must be ADDRESS:PORT, as 127.0.0.1:5060 or [::1]:5060, not \"y\"\n"
        "relay.json: \"udp\" must be a string or an array of strings");
  CHECK(error_of(R"({"auth": "basic"})") == "relay.json: \"auth\" must be digest or none, not \"basic\"");
  CHECK(error_of(R"({"colour": "red", "auth": "basic", "udp": 1})") ==
        "relay.json: \"auth\" must be digest or none, not \"basic\"\n"
        "relay.json: \"colour\" is unknown\n"
        "relay.json: \"udp\" must be a string or an array of strings");
  CHECK(error_of(R"({"web": "a", "web": "b"})") == "relay.json: \"web\" is given twice");
  CHECK(error_of(R"({"web": "a", "web": "b", "udp" 5060})")
            .starts_with("relay.json: \"web\" is given twice\nrelay.json: parse error"));
  CHECK(error_of("[]") == "relay.json: must be a JSON object");
  CHECK(error_of("{\n  \"web\" \"a\"\n}").starts_with("relay.json: parse error at line 2, column"));
  for (const char* bad : {"", "{", "{\"web\":\n\n", "\xff", "{\"web\":\"\xff\"}"}) {
    CHECK(error_of(bad).starts_with("relay.json: "));
    CHECK(error_of(bad).find('\n') == std::string::npos);
  }
}

TEST_CASE("a file that is missing or a directory is an error that names it") {
  CHECK(read_config_file("no/such/file").error.message == "config: cannot read \"no/such/file\"");
  CHECK(read_config_file(".").error.message == "config: cannot read \".\"");
}

}  // namespace config_test
