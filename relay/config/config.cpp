#include "config/config.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/ascii.h"

namespace relay {
namespace {

/// The value is shown without control characters: an error is one line and can't steer a terminal.
std::string must_be(std::string_view what, std::string_view value) {
  std::string shown(value);
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  return "must be " + std::string(what) + ", not \"" + shown + "\"";
}

std::optional<std::string> assign_listener(std::optional<sip::Endpoint>& listener, sip::Protocol protocol,
                                           std::string_view value) {
  listener = parse_listener(protocol, value);
  if (listener) return std::nullopt;
  return must_be("ADDRESS:PORT, as 127.0.0.1:5060 or [::1]:5060", value);
}

std::optional<std::string> assign_domain(Config& config, std::string_view value) {
  const auto domain = parse_domain(value);
  if (!domain) return must_be("a host name or address", value);
  config.domain = *domain;
  return std::nullopt;
}

std::optional<std::string> assign_authentication(Config& config, std::string_view value) {
  if (value == "digest") {
    config.authentication = Authentication::digest;
  } else if (value == "none") {
    config.authentication = Authentication::none;
  } else {
    return must_be("digest or none", value);
  }
  return std::nullopt;
}

std::optional<std::string> assign_message_path(Config& config, std::string_view value) {
  if (value == "congestion-safe") {
    config.message_path = sip::Path::congestion_safe;
  } else if (value == "unknown") {
    config.message_path = sip::Path::unknown;
  } else {
    return must_be("unknown or congestion-safe", value);
  }
  return std::nullopt;
}

std::optional<std::string> assign_mailbox(Config& config, std::string_view value) {
  if (value != "on" && value != "off") return must_be("on or off", value);
  config.mailbox = value == "on" ? Mailboxes::on : Mailboxes::off;
  return std::nullopt;
}

std::optional<std::string> assign_number(std::uint32_t& number, std::uint32_t most, std::string_view value) {
  const auto parsed = sip::parse_decimal(value, most);
  if (!parsed || *parsed == 0) return must_be("a number from 1 to " + std::to_string(most), value);
  number = static_cast<std::uint32_t>(*parsed);
  return std::nullopt;
}

std::optional<std::string> assign_log_level(Config& config, std::string_view value) {
  static constexpr std::pair<std::string_view, LogLevel> levels[] = {
      {"trace", LogLevel::trace}, {"debug", LogLevel::debug}, {"info", LogLevel::info},
      {"warn", LogLevel::warn},   {"error", LogLevel::error}, {"off", LogLevel::off},
  };
  for (const auto& [name, level] : levels) {
    if (value != name) continue;
    config.log_level = level;
    return std::nullopt;
  }
  return must_be("trace, debug, info, warn, error or off", value);
}

std::optional<std::string> assign_path(std::string& path, std::string_view what, std::string_view value) {
  if (value.empty() || value.find('\0') != std::string_view::npos) return must_be(what, value);
  path = value;
  return std::nullopt;
}

bool is_within(const std::string& directory, const std::string& path) {
  std::error_code error;
  const auto outer = std::filesystem::weakly_canonical(std::filesystem::absolute(directory), error);
  const auto inner = std::filesystem::weakly_canonical(std::filesystem::absolute(path), error);
  return !error && std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

bool is_host_character(char c) { return sip::is_alphanum(c) || c == '-' || c == '.'; }

}  // namespace

std::optional<std::string> assign(Config& config, std::string_view key, std::string_view value) {
  if (key == "domain") return assign_domain(config, value);
  if (key == "ws") return assign_listener(config.ws, sip::Protocol::ws, value);
  if (key == "udp") return assign_listener(config.udp, sip::Protocol::udp, value);
  if (key == "tcp") return assign_listener(config.tcp, sip::Protocol::tcp, value);
  if (key == "data") return assign_path(config.data, "a directory or :memory:", value);
  if (key == "auth") return assign_authentication(config, value);
  if (key == "web") return assign_path(config.web, "a directory", value);
  if (key == "mailbox") return assign_mailbox(config, value);
  if (key == "mailbox-days") return assign_number(config.mailbox_days, 365, value);
  if (key == "mailbox-messages") return assign_number(config.mailbox_messages, 100'000, value);
  if (key == "mailbox-megabytes") return assign_number(config.mailbox_megabytes, 1 << 20, value);
  if (key == "message-path") return assign_message_path(config, value);
  if (key == "log-level") return assign_log_level(config, value);
  return "is unknown";
}

std::optional<ConfigError> check_runnable(const Config& config) {
  if (!config.ws && !config.udp && !config.tcp)
    return ConfigError{"nothing to listen on: give at least one of --ws, --udp and --tcp"};
  std::error_code ignored;
  if (!config.web.empty() && !std::filesystem::is_directory(config.web, ignored))
    return ConfigError{"web: there is no directory \"" + config.web + "\""};
  if (!config.web.empty() && config.data != in_memory && is_within(config.web, config.data))
    return ConfigError{"data: must not lie in \"" + config.web + "\", which web shows to everyone"};
  return std::nullopt;
}

std::optional<std::string> parse_domain(std::string_view text) {
  if (text.starts_with('[')) {
    const auto address = text.ends_with(']') ? sip::IpAddress::parse(text) : std::nullopt;
    if (!address || address->is_v4()) return std::nullopt;
    return address->host();
  }
  // RFC 1035 2.3.4: 255 octets at most.
  if (text.empty() || text.size() > 255 || !std::all_of(text.begin(), text.end(), is_host_character))
    return std::nullopt;
  if (text.front() == '.' || text.front() == '-' || text.find("..") != std::string_view::npos)
    return std::nullopt;
  return sip::lower_case(text);
}

std::optional<sip::Endpoint> parse_listener(sip::Protocol protocol, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view host = text.substr(0, colon);
  // Without brackets the port of an IPv6 address could not be told from its last group.
  if (host.find(':') != std::string_view::npos && !(host.starts_with('[') && host.ends_with(']')))
    return std::nullopt;
  const auto address = sip::IpAddress::parse(host);
  const auto port = sip::parse_decimal(text.substr(colon + 1), 65535);
  if (!address || !port) return std::nullopt;
  return sip::Endpoint{protocol, *address, static_cast<std::uint16_t>(*port)};
}

}  // namespace relay
