#include "config/config_rules.h"

#include <pwd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace relay {

namespace fs = std::filesystem;

namespace {

/// Without links and dots; none where that cannot be told, as where the working directory is gone.
std::optional<fs::path> canonical_place(const std::string& name) {
  std::error_code error;
  const fs::path absolute = fs::absolute(name, error);
  if (error) return std::nullopt;
  fs::path place = fs::weakly_canonical(absolute, error);
  return error ? std::nullopt : std::optional(std::move(place));
}

bool is_within(const std::string& directory, const std::string& name) {
  const auto outer = canonical_place(directory);
  const auto inner = canonical_place(name);
  return outer && inner &&
         std::mismatch(outer->begin(), outer->end(), inner->begin(), inner->end()).first == outer->end();
}

bool speaks_tls(const Config& config) {
  return std::any_of(config.listeners.begin(), config.listeners.end(),
                     [](const sip::Endpoint& each) { return sip::is_secure(each.protocol); });
}

bool is_reached_without_web_socket(const Config& config) {
  return std::any_of(config.listeners.begin(), config.listeners.end(),
                     [](const sip::Endpoint& each) { return !sip::is_websocket(each.protocol); });
}

void check_identity(ConfigReading& reading) {
  const std::string& certificate = reading.config.certificate;
  const std::string& private_key = reading.config.private_key;
  if (certificate.empty() && reading.knows({"certificate"}) &&
      (speaks_tls(reading.config) || !private_key.empty()))
    reading.error.add("certificate: is needed by wss, tls and private-key");
  if (private_key.empty() && reading.knows({"private-key"}) &&
      (speaks_tls(reading.config) || !certificate.empty()))
    reading.error.add("private-key: is needed by wss, tls and certificate");
}

void check_admin(ConfigReading& reading) {
  const Config& config = reading.config;
  if (config.admin && !config.admin->address.is_loopback() && config.admin_token_file.empty() &&
      reading.knows({"admin-token-file"}))
    reading.error.add("admin: needs --admin-token-file where others than this machine reach it");
}

void check_servers(ConfigReading& reading) {
  const Config& config = reading.config;
  if (config.upstreams.contains(config.domain) && reading.knows({"domain"}))
    reading.error.add("upstream: " + config.domain + " is registered here; it is the domain of this relay");
  for (const std::string& name : config.names)
    if (config.upstreams.contains(name)) reading.error.add("upstream: " + name + " is a name of this relay");
  if (!config.upstreams.empty() && !is_reached_without_web_socket(config) &&
      reading.knows({"udp", "tcp", "tls"}))
    reading.error.add("upstream: needs at least one of --udp, --tcp and --tls for the way back");
  if (config.connection_reuse == ConnectionReuse::trusted && config.trusted.empty() &&
      reading.knows({"connection-reuse", "trusted"}))
    reading.error.add("connection-reuse: needs at least one --trusted");
}

/// A message's time to arrive goes on while the relay itself pauses: for the longest one that is half of it.
void check_arrival(ConfigReading& reading) {
  constexpr std::uint32_t least_kilobytes = 2 * 64;
  const Config& config = reading.config;
  if (config.limit_connection_kilobytes * config.limit_arrival_seconds < least_kilobytes &&
      reading.knows({"limit-connection-kilobytes", "limit-arrival-seconds"}))
    reading.error.add("limit-connection-kilobytes: times limit-arrival-seconds must be " +
                      std::to_string(least_kilobytes) + " or more, or long messages never arrive in time");
}

void check_directories(ConfigReading& reading) {
  const Config& config = reading.config;
  if (config.web.empty()) return;
  std::error_code ignored;
  if (!fs::is_directory(config.web, ignored))
    reading.error.add("web: there is no directory \"" + config.web + "\"");
  const auto keep_apart = [&](std::string_view key, const std::string& secret) {
    if (reading.knows({key}) && !secret.empty() && is_within(config.web, secret))
      reading.error.add(std::string(key) + ": must not lie in \"" + config.web +
                        "\", which web shows to everyone");
  };
  if (config.data != in_memory) keep_apart("data", config.data);
  keep_apart("private-key", config.private_key);
  keep_apart("admin-token-file", config.admin_token_file);
}

void check_run_as(ConfigReading& reading) {
  const std::string& user = reading.config.run_as;
  if (!user.empty() && getpwnam(user.c_str()) == nullptr)
    reading.error.add("run-as: the system has no user \"" + user + "\"");
}

}  // namespace

void check_runnable(ConfigReading& reading) {
  if (reading.config.listeners.empty() && reading.knows({"ws", "wss", "udp", "tcp", "tls"}))
    reading.error.add("ws, wss, udp, tcp, tls: nothing to listen on; give at least one of them");
  check_identity(reading);
  check_admin(reading);
  check_servers(reading);
  check_arrival(reading);
  check_directories(reading);
  check_run_as(reading);
}

}  // namespace relay
