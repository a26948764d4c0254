#include "config/config_change.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <utility>

namespace config_change_test {

using namespace relay;

namespace {

/// What every key can be set to, other than it is without.
const std::vector<std::pair<std::string_view, std::string>> values{
    {"domain", "example.org"},
    {"name", "relay.example.org"},
    {"ws", "127.0.0.1:1"},
    {"wss", "127.0.0.1:2"},
    {"udp", "127.0.0.1:3"},
    {"tcp", "127.0.0.1:4"},
    {"tls", "127.0.0.1:5"},
    {"certificate", "a.pem"},
    {"private-key", "a.key"},
    {"dns-server", "192.0.2.53:53"},
    {"route", "example.net=tcp:192.0.2.1:5060"},
    {"upstream", "example.net=sip:192.0.2.1"},
    {"trusted-authorities", "ca.pem"},
    {"trusted", "192.0.2.7"},
    {"strangers", "refused"},
    {"connection-reuse", "trusted"},
    {"data", "elsewhere"},
    {"run-as", "sipmsg"},
    {"auth", "none"},
    {"web", "dist"},
    {"origin", "https://shop.example"},
    {"ws-compression", "on"},
    {"io-threads", "2"},
    {"mailbox", "off"},
    {"mailbox-days", "7"},
    {"mailbox-messages", "8"},
    {"mailbox-megabytes", "9"},
    {"message-path", "congestion-safe"},
    {"limit-messages", "10"},
    {"limit-wrong-passwords", "11"},
    {"limit-connections", "12"},
    {"limit-open-connections", "20000"},
    {"limit-connection-messages", "13"},
    {"limit-connection-kilobytes", "14"},
    {"limit-arrival-seconds", "15"},
    {"drain-seconds", "60"},
    {"admin", "127.0.0.1:9091"},
    {"admin-token-file", "token"},
    {"metrics", "127.0.0.1:9090"},
    {"log-level", "debug"},
    {"log-format", "json"},
    {"trace", "a84b4c76e66710"},
};

using Keys = std::set<std::string, std::less<>>;

/// The keys that the man page marks with a star: read at the start only.
Keys starred_in_man_page() {
  std::ifstream page("docs/sipmsg-relay.8");
  REQUIRE(page.is_open());
  Keys keys;
  std::string key;
  for (std::string line; std::getline(page, line);) {
    for (std::size_t at = line.find("\\-"); at != std::string::npos; at = line.find("\\-")) line.erase(at, 1);
    if (line.starts_with(".BI --")) key = line.substr(6, line.find(' ', 6) - 6);
    if (line.ends_with(" *")) keys.insert(key);
  }
  return keys;
}

/// What the manual says to count at once on SIGHUP; `limit-` is all that begin with it.
Keys at_once_in_manual() {
  std::ifstream manual("docs/operating.md");
  const std::string text{std::istreambuf_iterator<char>(manual), {}};
  const std::size_t begin = text.find("At once count");
  REQUIRE(begin != std::string::npos);
  std::istringstream sentence(text.substr(begin, text.find(';', begin) - begin));
  Keys keys;
  std::string word;
  while (std::getline(sentence, word, '`') && std::getline(sentence, word, '`'))
    for (const std::string_view key : config_keys)
      if (key == word || (word == "limit-" && key.starts_with(word))) keys.emplace(key);
  return keys;
}

Config with_all() {
  Config config;
  for (const auto& [key, value] : values) REQUIRE(assign(config, key, std::vector{value}).empty());
  return config;
}

}  // namespace

TEST_CASE("every key that is new either counts at once or is told to need a restart") {
  CHECK(values.size() == config_keys.size());
  const Config fresh = with_all();
  const ConfigChange changed = change({}, fresh);
  CHECK(changed.need_restart ==
        std::vector<std::string_view>{"domain",       "name",       "ws",
                                      "wss",          "udp",        "tcp",
                                      "tls",          "dns-server", "connection-reuse",
                                      "data",         "run-as",     "auth",
                                      "web",          "io-threads", "mailbox",
                                      "message-path", "admin",      "admin-token-file",
                                      "metrics",      "log-format"});
  const Config& adopted = changed.adopted;
  CHECK(adopted.certificate == "a.pem");
  CHECK(adopted.private_key == "a.key");
  CHECK(adopted.trusted_authorities == "ca.pem");
  CHECK(adopted.trusted == std::vector{*sip::IpAddress::parse("192.0.2.7")});
  CHECK(adopted.strangers == Strangers::refused);
  CHECK(adopted.routes == fresh.routes);
  CHECK(adopted.upstreams == fresh.upstreams);
  CHECK(adopted.upstreams.size() == 1);
  CHECK(adopted.origins == fresh.origins);
  CHECK(adopted.ws_compression == WsCompression::on);
  CHECK(adopted.mailbox_days == 7);
  CHECK(adopted.mailbox_messages == 8);
  CHECK(adopted.mailbox_megabytes == 9);
  CHECK(adopted.limit_messages == 10);
  CHECK(adopted.limit_wrong_passwords == 11);
  CHECK(adopted.limit_connections == 12);
  CHECK(adopted.limit_open_connections == 20'000);
  CHECK(adopted.limit_connection_messages == 13);
  CHECK(adopted.limit_connection_kilobytes == 14);
  CHECK(adopted.limit_arrival_seconds == 15);
  CHECK(adopted.drain_seconds == 60);
  CHECK(adopted.log_level == LogLevel::debug);
  CHECK(adopted.traced == fresh.traced);
}

TEST_CASE("man page and manual tell what needs a restart and what does not") {
  const auto need_restart = change({}, with_all()).need_restart;
  CHECK(starred_in_man_page() == Keys(need_restart.begin(), need_restart.end()));
  Keys at_once(config_keys.begin(), config_keys.end());
  for (const std::string_view key : need_restart) at_once.erase(std::string(key));
  CHECK(at_once_in_manual() == at_once);
}

TEST_CASE("what needs a restart stays as it runs, and is told again as long as it differs") {
  const ConfigChange changed = change({}, with_all());
  CHECK(changed.adopted.domain == "localhost");
  CHECK(changed.adopted.listeners.empty());
  CHECK(change(changed.adopted, with_all()).need_restart == changed.need_restart);
  CHECK(change(with_all(), with_all()).need_restart.empty());
}

TEST_CASE("a certificate that is not named any more stays in force: its listeners do, too") {
  const Config running = with_all();
  Config fresh = running;
  fresh.certificate.clear();
  fresh.private_key.clear();
  CHECK(change(running, fresh).adopted.certificate == "a.pem");
  CHECK(change(running, fresh).adopted.private_key == "a.key");
}

TEST_CASE("a change that would not run with what waits for a restart says so") {
  Config running;
  running.domain = "old.test";
  running.listeners = {*parse_listener(sip::Protocol::ws, "127.0.0.1:80")};
  Config fresh = running;
  fresh.listeners.push_back(*parse_listener(sip::Protocol::tcp, "127.0.0.1:5060"));
  fresh.upstreams = {{"example.net", "sip:192.0.2.1"}};
  CHECK(change(running, fresh).error.message ==
        "upstream: needs at least one of --udp, --tcp and --tls for the way back");
  CHECK(change(running, fresh).need_restart == std::vector<std::string_view>{"tcp"});
  running.listeners = fresh.listeners;
  CHECK(change(running, fresh).error.empty());
  fresh.domain = "new.test";
  fresh.upstreams = {{"old.test", "sip:192.0.2.1"}};
  CHECK(change(running, fresh).error.message ==
        "upstream: old.test is registered here; it is the domain of this relay");
  CHECK(change(running, fresh).need_restart == std::vector<std::string_view>{"domain"});
}

}  // namespace config_change_test
