#include "config/config_change.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "config/config_rules.h"

namespace relay {
namespace {

std::vector<sip::Endpoint> listeners(const Config& config, sip::Protocol protocol) {
  std::vector<sip::Endpoint> found;
  std::copy_if(config.listeners.begin(), config.listeners.end(), std::back_inserter(found),
               [&](const sip::Endpoint& each) { return each.protocol == protocol; });
  return found;
}

/// What sockets, databases and the page are made from.
bool is_same(const Config& one, const Config& other, std::string_view key) {
  if (const auto protocol = listener_key(key))
    return listeners(one, *protocol) == listeners(other, *protocol);
  if (key == "domain") return one.domain == other.domain;
  if (key == "name") return one.names == other.names;
  if (key == "dns-server") return one.dns_server == other.dns_server;
  if (key == "connection-reuse") return one.connection_reuse == other.connection_reuse;
  if (key == "data") return one.data == other.data;
  if (key == "run-as") return one.run_as == other.run_as;
  if (key == "auth") return one.authentication == other.authentication;
  if (key == "web") return one.web == other.web;
  if (key == "io-threads") return one.io_threads == other.io_threads;
  if (key == "mailbox") return one.mailbox == other.mailbox;
  if (key == "message-path") return one.message_path == other.message_path;
  if (key == "admin") return one.admin == other.admin;
  if (key == "admin-token-file") return one.admin_token_file == other.admin_token_file;
  if (key == "metrics") return one.metrics == other.metrics;
  if (key == "log-format") return one.log_format == other.log_format;
  return true;
}

std::vector<std::string_view> keys_that_differ(const Config& running, const Config& fresh) {
  std::vector<std::string_view> keys;
  std::copy_if(config_keys.begin(), config_keys.end(), std::back_inserter(keys),
               [&](std::string_view key) { return !is_same(running, fresh, key); });
  return keys;
}

}  // namespace

ConfigChange change(const Config& running, const Config& fresh) {
  ConfigReading mixture{running, {}, {}};
  Config& adopted = mixture.config;
  // The listeners that there are go on speaking TLS.
  if (!fresh.certificate.empty()) {
    adopted.certificate = fresh.certificate;
    adopted.private_key = fresh.private_key;
  }
  adopted.trusted_authorities = fresh.trusted_authorities;
  adopted.trusted = fresh.trusted;
  adopted.strangers = fresh.strangers;
  adopted.routes = fresh.routes;
  adopted.upstreams = fresh.upstreams;
  adopted.origins = fresh.origins;
  adopted.ws_compression = fresh.ws_compression;
  adopted.mailbox_days = fresh.mailbox_days;
  adopted.mailbox_messages = fresh.mailbox_messages;
  adopted.mailbox_megabytes = fresh.mailbox_megabytes;
  adopted.limit_messages = fresh.limit_messages;
  adopted.limit_wrong_passwords = fresh.limit_wrong_passwords;
  adopted.limit_connections = fresh.limit_connections;
  adopted.limit_open_connections = fresh.limit_open_connections;
  adopted.limit_connection_messages = fresh.limit_connection_messages;
  adopted.limit_connection_kilobytes = fresh.limit_connection_kilobytes;
  adopted.limit_arrival_seconds = fresh.limit_arrival_seconds;
  adopted.drain_seconds = fresh.drain_seconds;
  adopted.log_level = fresh.log_level;
  adopted.traced = fresh.traced;
  check_runnable(mixture);
  return {std::move(adopted), keys_that_differ(running, fresh), std::move(mixture.error)};
}

}  // namespace relay
