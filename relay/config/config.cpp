#include "config/config.h"

#include <algorithm>

#include "base/ascii.h"
#include "message/uri.h"

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

using Values = std::span<const std::string>;

/// Hands each value to `add`, which says whether it is one. Gives what each must be that is none.
template <class Add>
std::vector<std::string> add_each(Values values, std::string_view what, Add add) {
  std::vector<std::string> problems;
  for (const std::string& value : values)
    if (!add(value)) problems.push_back(must_be(what, value));
  return problems;
}

std::vector<std::string> assign_listeners(Config& config, sip::Protocol protocol, Values values) {
  std::erase_if(config.listeners, [&](const sip::Endpoint& each) { return each.protocol == protocol; });
  return add_each(values, "ADDRESS:PORT, as 127.0.0.1:5060 or [::1]:5060", [&](const std::string& value) {
    const auto listener = parse_listener(protocol, value);
    if (listener) config.listeners.push_back(*listener);
    return listener.has_value();
  });
}

std::vector<std::string> assign_origins(Config& config, Values values) {
  config.origins.clear();
  return add_each(values, "an origin, as https://shop.example, or *", [&](const std::string& value) {
    const auto origin = parse_origin(value);
    if (origin) config.origins.push_back(*origin);
    return origin.has_value();
  });
}

/// DOMAIN=HOW:ADDRESS:PORT, with a protocol that the relay opens connections by.
bool add_route(Config& config, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const auto domain = parse_domain(text.substr(0, equals));
  const std::string_view server = text.substr(equals + 1);
  const auto protocol = sip::parse_protocol(server.substr(0, server.find(':')));
  if (!domain || !protocol || sip::is_websocket(*protocol)) return false;
  const auto endpoint = parse_listener(*protocol, server.substr(server.find(':') + 1));
  return endpoint && endpoint->port != 0 && config.routes.emplace(*domain, *endpoint).second;
}

std::vector<std::string> assign_routes(Config& config, Values values) {
  config.routes.clear();
  return add_each(values, "DOMAIN=HOW:ADDRESS:PORT, as example.net=tcp:192.0.2.1:5060, each domain once",
                  [&](const std::string& value) { return add_route(config, value); });
}

/// A sip or sips URI of a host, perhaps with a port and a transport that the relay opens connections by.
bool is_server(std::string_view text) {
  const auto uri = sip::Uri::parse(text);
  const auto transport = uri ? uri->params.value("transport") : std::nullopt;
  const auto protocol = transport ? sip::parse_protocol(*transport) : std::nullopt;
  if (!uri || !uri->is_sip() || !parse_domain(uri->host) || uri->port == std::uint16_t{0}) return false;
  if (transport && (!protocol || sip::is_websocket(*protocol))) return false;
  const std::string parameters = transport ? ";transport=" + std::string(*transport) : std::string();
  const std::string port = uri->port ? ":" + std::to_string(*uri->port) : std::string();
  // There is no more to it.
  return text == std::string(uri->scheme) + ":" + std::string(uri->host) + port + parameters;
}

/// DOMAIN=URI, or *=URI.
bool add_upstream(Config& config, std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return false;
  const auto domain =
      text.starts_with("*=") ? std::optional<std::string>("*") : parse_domain(text.substr(0, equals));
  const std::string_view server = text.substr(equals + 1);
  return domain && is_server(server) && config.upstreams.emplace(*domain, server).second;
}

std::vector<std::string> assign_upstreams(Config& config, Values values) {
  config.upstreams.clear();
  return add_each(values,
                  "DOMAIN=URI or *=URI, as example.net=sip:192.0.2.1:5060;transport=tcp, each domain once",
                  [&](const std::string& value) { return add_upstream(config, value); });
}

std::vector<std::string> assign_trusted(Config& config, Values values) {
  config.trusted.clear();
  return add_each(values, "an address, as 192.0.2.1 or 2001:db8::1", [&](const std::string& value) {
    const auto address = sip::IpAddress::parse(value);
    if (!address || address->is_unspecified()) return false;
    config.trusted.push_back(*address);
    return true;
  });
}

std::vector<std::string> assign_traced(Config& config, Values values) {
  config.traced.clear();
  return add_each(values, "a Call-ID", [&](const std::string& value) {
    if (!value.empty()) config.traced.push_back(value);
    return !value.empty();
  });
}

std::optional<std::string> assign_dns_server(Config& config, std::string_view value) {
  config.dns_server = parse_listener(sip::Protocol::udp, value);
  if (config.dns_server && config.dns_server->port != 0) return std::nullopt;
  return must_be("ADDRESS:PORT, as 192.0.2.53:53", value);
}

std::optional<std::string> assign_service(std::optional<sip::Endpoint>& service, std::string_view value) {
  service = parse_listener(sip::Protocol::tcp, value);
  return service ? std::nullopt
                 : std::optional(must_be("ADDRESS:PORT, as 127.0.0.1:9090 or [::1]:9090", value));
}

std::optional<std::string> assign_domain(Config& config, std::string_view value) {
  const auto domain = parse_domain(value);
  if (!domain) return must_be("a host name or address", value);
  config.domain = *domain;
  return std::nullopt;
}

std::vector<std::string> assign_names(Config& config, Values values) {
  config.names.clear();
  return add_each(values, "a host name or address, as relay.example.org", [&](const std::string& value) {
    const auto name = parse_domain(value);
    const auto address = sip::IpAddress::parse(value);
    if (!name || (address && address->is_unspecified())) return false;
    config.names.push_back(*name);
    return true;
  });
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
  static constexpr std::pair<std::string_view, Mailboxes> mailboxes[] = {
      {"users", Mailboxes::for_users}, {"everyone", Mailboxes::for_everyone}, {"off", Mailboxes::off}};
  for (const auto& [name, mailbox] : mailboxes) {
    if (value != name) continue;
    config.mailbox = mailbox;
    return std::nullopt;
  }
  return must_be("users, everyone or off", value);
}

std::optional<std::string> assign_number(std::uint32_t& number, std::uint32_t least, std::uint32_t most,
                                         std::string_view value) {
  const auto parsed = sip::parse_decimal(value, most);
  if (!parsed || *parsed < least)
    return must_be("a number from " + std::to_string(least) + " to " + std::to_string(most), value);
  number = static_cast<std::uint32_t>(*parsed);
  return std::nullopt;
}

std::optional<std::string> assign_number(std::uint32_t& number, std::uint32_t most, std::string_view value) {
  return assign_number(number, 1, most, value);
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

std::optional<std::string> assign_strangers(Config& config, std::string_view value) {
  if (value != "allowed" && value != "refused") return must_be("allowed or refused", value);
  config.strangers = value == "allowed" ? Strangers::allowed : Strangers::refused;
  return std::nullopt;
}

std::optional<std::string> assign_connection_reuse(Config& config, std::string_view value) {
  if (value != "off" && value != "trusted") return must_be("off or trusted", value);
  config.connection_reuse = value == "off" ? ConnectionReuse::off : ConnectionReuse::trusted;
  return std::nullopt;
}

std::optional<std::string> assign_ws_compression(Config& config, std::string_view value) {
  if (value != "off" && value != "on") return must_be("off or on", value);
  config.ws_compression = value == "off" ? WsCompression::off : WsCompression::on;
  return std::nullopt;
}

std::optional<std::string> assign_log_format(Config& config, std::string_view value) {
  if (value != "text" && value != "json") return must_be("text or json", value);
  config.log_format = value == "text" ? LogFormat::text : LogFormat::json;
  return std::nullopt;
}

std::optional<std::string> assign_path(std::string& path, std::string_view what, std::string_view value) {
  path.clear();  // not what the file says when the command line wins
  if (value.empty() || value.find('\0') != std::string_view::npos) return must_be(what, value);
  path = value;
  return std::nullopt;
}

/// Of a key that is no list.
std::optional<std::string> assign_value(Config& config, std::string_view key, std::string_view value) {
  if (key == "domain") return assign_domain(config, value);
  if (key == "certificate") return assign_path(config.certificate, "a file", value);
  if (key == "private-key") return assign_path(config.private_key, "a file", value);
  if (key == "dns-server") return assign_dns_server(config, value);
  if (key == "trusted-authorities") return assign_path(config.trusted_authorities, "a file", value);
  if (key == "strangers") return assign_strangers(config, value);
  if (key == "connection-reuse") return assign_connection_reuse(config, value);
  if (key == "data") return assign_path(config.data, "a directory or :memory:", value);
  if (key == "run-as") return assign_path(config.run_as, "a user of the system", value);
  if (key == "auth") return assign_authentication(config, value);
  if (key == "web") return assign_path(config.web, "a directory", value);
  if (key == "ws-compression") return assign_ws_compression(config, value);
  if (key == "io-threads") return assign_number(config.io_threads, 0, 64, value);
  if (key == "mailbox") return assign_mailbox(config, value);
  if (key == "mailbox-days") return assign_number(config.mailbox_days, 365, value);
  if (key == "mailbox-messages") return assign_number(config.mailbox_messages, 100'000, value);
  if (key == "mailbox-megabytes") return assign_number(config.mailbox_megabytes, 1 << 20, value);
  if (key == "message-path") return assign_message_path(config, value);
  if (key == "limit-messages") return assign_number(config.limit_messages, 1'000'000, value);
  if (key == "limit-wrong-passwords") return assign_number(config.limit_wrong_passwords, 100'000, value);
  if (key == "limit-connections") return assign_number(config.limit_connections, 1'000'000, value);
  if (key == "limit-open-connections") return assign_number(config.limit_open_connections, 1'000'000, value);
  if (key == "limit-connection-messages")
    return assign_number(config.limit_connection_messages, 1'000'000, value);
  if (key == "limit-connection-kilobytes")
    return assign_number(config.limit_connection_kilobytes, 1 << 20, value);
  if (key == "limit-arrival-seconds") return assign_number(config.limit_arrival_seconds, 600, value);
  if (key == "drain-seconds") return assign_number(config.drain_seconds, 600, value);
  if (key == "admin") return assign_service(config.admin, value);
  if (key == "admin-token-file") return assign_path(config.admin_token_file, "a file", value);
  if (key == "metrics") return assign_service(config.metrics, value);
  if (key == "log-format") return assign_log_format(config, value);
  if (key == "log-level") return assign_log_level(config, value);
  return "is unknown";
}

bool is_host_character(char c) { return sip::is_alphanum(c) || c == '-' || c == '.'; }

}  // namespace

std::optional<sip::Protocol> listener_key(std::string_view key) {
  using enum sip::Protocol;
  for (const sip::Protocol protocol : {ws, wss, udp, tcp, tls})
    if (key == sip::lower_case(sip::via_transport(protocol))) return protocol;
  return std::nullopt;
}

bool is_list(std::string_view key) {
  return listener_key(key) || key == "name" || key == "origin" || key == "route" || key == "upstream" ||
         key == "trusted" || key == "trace";
}

std::vector<std::string> assign(Config& config, std::string_view key, std::span<const std::string> values) {
  if (const auto protocol = listener_key(key)) return assign_listeners(config, *protocol, values);
  if (key == "name") return assign_names(config, values);
  if (key == "origin") return assign_origins(config, values);
  if (key == "route") return assign_routes(config, values);
  if (key == "upstream") return assign_upstreams(config, values);
  if (key == "trusted") return assign_trusted(config, values);
  if (key == "trace") return assign_traced(config, values);
  if (values.size() != 1) return {"must have one value"};
  auto problem = assign_value(config, key, values.front());
  if (!problem) return {};
  return {*std::move(problem)};
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

std::optional<std::string> parse_origin(std::string_view text) {
  if (text == "*") return std::string(text);
  static constexpr std::pair<std::string_view, std::uint64_t> schemes[] = {{"https://", 443},
                                                                           {"http://", 80}};
  for (const auto& [scheme, usual_port] : schemes) {
    if (!text.starts_with(scheme)) continue;
    std::string_view host = text.substr(scheme.size());
    std::string port;
    const std::size_t colon = host.rfind(':');
    if (colon != std::string_view::npos && !host.ends_with(']')) {
      const auto number = sip::parse_decimal(host.substr(colon + 1), 65535);
      if (!number) return std::nullopt;
      if (*number != usual_port) port = ":" + std::to_string(*number);
      host = host.substr(0, colon);
    }
    const auto domain = parse_domain(host);
    return domain ? std::optional(std::string(scheme) + *domain + port) : std::nullopt;
  }
  return std::nullopt;
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
