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

}  // namespace

std::optional<ConfigError> check_runnable(const Config& config) {
  ConfigError error;
  if (config.listeners.empty())
    error.add("nothing to listen on: give at least one of --ws, --wss, --udp, --tcp and --tls");
  const bool speaks_tls =
      std::any_of(config.listeners.begin(), config.listeners.end(),
                  [](const sip::Endpoint& listener) { return sip::is_secure(listener.protocol); });
  if (speaks_tls && (config.certificate.empty() || config.private_key.empty()))
    error.add("wss and tls need --certificate and --private-key");
  if (config.admin && !config.admin->address.is_loopback() && config.admin_token_file.empty())
    error.add("admin: needs --admin-token-file where others than this machine reach it");
  if (config.upstreams.contains(config.domain))
    error.add("upstream: " + config.domain + " is registered here; it is the domain of this relay");
  const bool is_reached_without_web_socket =
      std::any_of(config.listeners.begin(), config.listeners.end(),
                  [](const sip::Endpoint& listener) { return !sip::is_websocket(listener.protocol); });
  if (!config.upstreams.empty() && !is_reached_without_web_socket)
    error.add("upstream: needs at least one of --udp, --tcp and --tls for the way back");
  if (config.connection_reuse == ConnectionReuse::trusted && config.trusted.empty())
    error.add("connection-reuse: needs at least one --trusted");
  std::error_code ignored;
  if (!config.web.empty() && !std::filesystem::is_directory(config.web, ignored)) {
    error.add("web: there is no directory \"" + config.web + "\"");
  } else if (!config.web.empty() && config.data != in_memory && is_within(config.web, config.data)) {
    error.add("data: must not lie in \"" + config.web + "\", which web shows to everyone");
  }
  return error.message.empty() ? std::nullopt : std::optional(error);
}

}  // namespace relay
