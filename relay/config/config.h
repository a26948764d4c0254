#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "transport/endpoint.h"
#include "transport/size_rule.h"

namespace relay {

enum class Authentication : std::uint8_t { digest, none };
enum class Mailboxes : std::uint8_t { on, off };
enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };

/// What the relay is told at its start.
struct Config {
  std::string domain = "localhost";  ///< lower case: host names do not know case (RFC 3261 19.1.4)
  std::optional<sip::Endpoint> ws;   ///< port 0 takes a free one, here and below
  std::optional<sip::Endpoint> udp;
  std::optional<sip::Endpoint> tcp;
  std::string data = "sipmsg-data";  ///< a directory, or in_memory
  Authentication authentication = Authentication::digest;
  std::string web;                              ///< the directory of the page; empty for none
  sip::Path message_path = sip::Path::unknown;  ///< what the page is told of the way to every recipient
  LogLevel log_level = LogLevel::info;
  /// Whether messages are stored for users who are not there.
  Mailboxes mailbox = Mailboxes::on;
  std::uint32_t mailbox_days = 30;         ///< how long at most; 1..365
  std::uint32_t mailbox_messages = 1000;   ///< how many for one user; 1..100,000
  std::uint32_t mailbox_megabytes = 1024;  ///< how much for all users, in MiB; 1..1,048,576
};

/// The value of `data` that keeps nothing.
inline constexpr std::string_view in_memory = ":memory:";

/// The names of the command line's options (there with two dashes) and of the configuration file's keys.
inline constexpr std::array<std::string_view, 13> config_keys{"domain",
                                                              "ws",
                                                              "udp",
                                                              "tcp",
                                                              "data",
                                                              "auth",
                                                              "web",
                                                              "mailbox",
                                                              "mailbox-days",
                                                              "mailbox-messages",
                                                              "mailbox-megabytes",
                                                              "message-path",
                                                              "log-level"};

/// One line for the person at the terminal; it names the option or key that is wrong.
struct ConfigError {
  std::string message;
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

/// Sets the value of one of config_keys. Gives what the value must be when it is not, as in
/// `must be digest or none, not "basic"`.
std::optional<std::string> assign(Config& config, std::string_view key, std::string_view value);

/// Whether the relay can start with it: at least one listener, and the page's directory exists.
std::optional<ConfigError> check_runnable(const Config& config);

/// A host name, IPv4 address or IPv6 address in brackets, in lower case; none for anything else.
std::optional<std::string> parse_domain(std::string_view text);

/// "ADDRESS:PORT" or "[IPV6]:PORT".
std::optional<sip::Endpoint> parse_listener(sip::Protocol protocol, std::string_view text);

}  // namespace relay
