#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "transport/endpoint.h"
#include "transport/size_rule.h"

namespace relay {

enum class Authentication : std::uint8_t { digest, none };
enum class Mailboxes : std::uint8_t { for_users, for_everyone, off };
enum class Strangers : std::uint8_t { allowed, refused };
enum class ConnectionReuse : std::uint8_t { off, trusted };
enum class WsCompression : std::uint8_t { off, on };
enum class LogFormat : std::uint8_t { text, json };
enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };

/// What the relay is told at its start.
struct Config {
  std::string domain = "localhost";         ///< lower case: host names do not know case (RFC 3261 19.1.4)
  std::vector<std::string> names;           ///< further ones of this host, lower case; or addresses
  std::vector<sip::Endpoint> listeners;     ///< any number of each protocol; port 0 takes a free one
  std::string certificate;                  ///< PEM file, the chain up to the authority; empty without TLS
  std::string private_key;                  ///< PEM file
  std::optional<sip::Endpoint> dns_server;  ///< none: those of the system
  std::map<std::string, sip::Endpoint, std::less<>>
      routes;  ///< by domain: where its requests go without asking the DNS
  std::map<std::string, std::string, std::less<>>
      upstreams;                        ///< by domain, or "*": the URI of the server of its clients
  std::string trusted_authorities;      ///< PEM file, besides those of the system; empty for none
  std::vector<sip::IpAddress> trusted;  ///< servers of others whose word is taken, and who keep ours
  std::string data = "sipmsg-data";     ///< a directory, or in_memory
  std::string run_as;                   ///< the system's user whom a relay started as root becomes; or empty
  Authentication authentication = Authentication::digest;
  /// Whether who neither signs in nor is vouched for by a trusted server may begin anything with our users.
  Strangers strangers = Strangers::allowed;
  /// Whether requests to trusted servers go by the connections that these have opened (RFC 5923).
  ConnectionReuse connection_reuse = ConnectionReuse::off;
  WsCompression ws_compression = WsCompression::off;  ///< whether WebSockets may be compressed (RFC 7692)
  std::uint32_t io_threads = 0;                       ///< beside the one of all that is SIP; 0..64
  std::vector<std::string> origins;             ///< whose pages may connect, besides our own; "*" is anyone's
  std::string web;                              ///< the directory of the page; empty for none
  sip::Path message_path = sip::Path::unknown;  ///< what the page is told of the way to every recipient
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::text;
  std::vector<std::string> traced;  ///< Call-IDs of messages each step of which is logged
  /// Whether messages are stored for users who are not there, and whose: those of our users and what trusted
  /// servers bring, or everyone's, who learn by it which users exist.
  Mailboxes mailbox = Mailboxes::for_users;
  std::uint32_t mailbox_days = 30;         ///< how long at most; 1..365
  std::uint32_t mailbox_messages = 1000;   ///< how many for one user; 1..100,000
  std::uint32_t mailbox_megabytes = 1024;  ///< how much for all users, in MiB; 1..1,048,576
  /// What is taken from one sender at most. The first two are those of relay::Limits.
  std::uint32_t limit_messages = 600;        ///< of one user or one stranger's address a minute; 1..1,000,000
  std::uint32_t limit_wrong_passwords = 30;  ///< for one user in 15 minutes; 1..100,000
  std::uint32_t limit_connections = 1000;    ///< of one address a minute; 1..1,000,000
  std::uint32_t limit_open_connections = 10'000;    ///< in all at once; 1..1,000,000
  std::uint32_t limit_connection_messages = 2000;   ///< over one connection a second; 1..1,000,000
  std::uint32_t limit_connection_kilobytes = 4096;  ///< over one connection a second, in KiB; 1..1,048,576
  std::uint32_t limit_arrival_seconds = 30;  ///< for a handshake, an HTTP request, a SIP message; 1..600
  std::optional<sip::Endpoint> admin;        ///< where the operator asks and changes things; none: nowhere
  std::string admin_token_file;              ///< who may do so shows what it holds; empty: this machine may
  std::optional<sip::Endpoint> metrics;      ///< where metrics and health are told; none: nowhere
  std::uint32_t drain_seconds = 10;  ///< what is under way has for its end when the relay ends; 1..600
};

/// The value of `data` that keeps nothing.
inline constexpr std::string_view in_memory = ":memory:";

/// The names of the command line's options (there with two dashes) and of the configuration file's keys.
inline constexpr std::array<std::string_view, 42> config_keys{"domain",
                                                              "name",
                                                              "ws",
                                                              "wss",
                                                              "udp",
                                                              "tcp",
                                                              "tls",
                                                              "certificate",
                                                              "private-key",
                                                              "dns-server",
                                                              "route",
                                                              "upstream",
                                                              "trusted-authorities",
                                                              "trusted",
                                                              "strangers",
                                                              "connection-reuse",
                                                              "data",
                                                              "run-as",
                                                              "auth",
                                                              "web",
                                                              "origin",
                                                              "ws-compression",
                                                              "io-threads",
                                                              "mailbox",
                                                              "mailbox-days",
                                                              "mailbox-messages",
                                                              "mailbox-megabytes",
                                                              "message-path",
                                                              "limit-messages",
                                                              "limit-wrong-passwords",
                                                              "limit-connections",
                                                              "limit-open-connections",
                                                              "limit-connection-messages",
                                                              "limit-connection-kilobytes",
                                                              "limit-arrival-seconds",
                                                              "drain-seconds",
                                                              "admin",
                                                              "admin-token-file",
                                                              "metrics",
                                                              "log-level",
                                                              "log-format",
                                                              "trace"};
/// The protocol of a key whose values are each ADDRESS:PORT.
std::optional<sip::Protocol> listener_key(std::string_view key);
/// Whether the key may have several values.
bool is_list(std::string_view key);

/// For the person at the terminal: a line for everything that is wrong, which names the option or key.
struct ConfigError {
  std::string message;

  bool empty() const { return message.empty(); }
  void add(const std::string& line) { message += (message.empty() ? "" : "\n") + line; }
  void add(const ConfigError& more) {
    if (!more.empty()) add(more.message);
  }
};

/// Either what was asked for or why it can't be.
template <class T>
class [[nodiscard]] Configured {
 public:
  Configured(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by intent
  Configured(ConfigError error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by intent

  explicit operator bool() const { return state_.index() == 0; }
  const T& operator*() const { return std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const std::string& error() const { return std::get<1>(state_).message; }

 private:
  std::variant<T, ConfigError> state_;
};

/// Sets one of config_keys to its only value, or one that is_list to all of its. Gives for each value that is
/// none what it must be, as in `must be digest or none, not "basic"`.
std::vector<std::string> assign(Config& config, std::string_view key, std::span<const std::string> values);

/// A host name, IPv4 address or IPv6 address in brackets, in lower case; none for anything else.
std::optional<std::string> parse_domain(std::string_view text);

/// "*"; or http or https, "://", a host and perhaps a port, as browsers write it into Origin (RFC 6454 6.2):
/// in lower case, and without the port that the scheme means anyway.
std::optional<std::string> parse_origin(std::string_view text);

/// "ADDRESS:PORT" or "[IPV6]:PORT".
std::optional<sip::Endpoint> parse_listener(sip::Protocol protocol, std::string_view text);

}  // namespace relay
