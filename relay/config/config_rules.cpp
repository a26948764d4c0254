#include "config/config_rules.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

namespace relay {
namespace {

bool is_within(const std::string& directory, const std::string& path) {
  std::error_code error;
  const auto outer = std::filesystem::weakly_canonical(std::filesystem::absolute(directory), error);
  const auto inner = std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
  return !error && std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

bool speaks_tls(const Config& config) {
  return std::any_of(config.listeners.begin(), config.listeners.end(),
                     [](const sip::Endpoint& each) { return sip::is_secure(each.protocol); });
}

bool is_reached_without_web_socket(const Config& config) {
  return std::any_of(config.listeners.begin(), config.listeners.end(),
                     [](const sip::Endpoint& each) { return !sip::is_websocket(each.protocol); });
}

void check_identity(const Config& config, ConfigError& error) {
  if (config.certificate.empty() && (speaks_tls(config) || !config.private_key.empty()))
    error.add("certificate: is needed by wss, tls and private-key");
  if (config.private_key.empty() && (speaks_tls(config) || !config.certificate.empty()))
    error.add("private-key: is needed by wss, tls and certificate");
}

void check_servers(const Config& config, ConfigError& error) {
  if (config.upstreams.contains(config.domain))
    error.add("upstream: " + config.domain + " is registered here; it is the domain of this relay");
  if (!config.upstreams.empty() && !is_reached_without_web_socket(config))
    error.add("upstream: needs at least one of --udp, --tcp and --tls for the way back");
  if (config.connection_reuse == ConnectionReuse::trusted && config.trusted.empty())
    error.add("connection-reuse: needs at least one --trusted");
}

void check_directories(const Config& config, ConfigError& error) {
  if (config.web.empty()) return;
  std::error_code ignored;
  if (!std::filesystem::is_directory(config.web, ignored))
    error.add("web: there is no directory \"" + config.web + "\"");
  if (config.data != in_memory && is_within(config.web, config.data))
    error.add("data: must not lie in \"" + config.web + "\", which web shows to everyone");
}

}  // namespace

ConfigError check_runnable(const Config& config) {
  ConfigError error;
  if (config.listeners.empty())
    error.add("ws, wss, udp, tcp, tls: nothing to listen on; give at least one of them");
  check_identity(config, error);
  if (config.admin && !config.admin->address.is_loopback() && config.admin_token_file.empty())
    error.add("admin: needs --admin-token-file where others than this machine reach it");
  check_servers(config, error);
  check_directories(config, error);
  return error;
}

}  // namespace relay
