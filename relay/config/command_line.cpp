#include "config/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "config/account.h"
#include "config/config_file.h"
#include "config/config_rules.h"

namespace relay {
namespace {

using Action = UserCommand::Action;

struct OptionText {
  std::string_view key;
  std::string_view value;
  std::string_view description;
};
constexpr OptionText option_texts[] = {
    {"domain", "NAME", "Domain whose users are registered here (localhost)"},
    {"name", "HOST",
     "Further name or address of this relay, as relay.example.org, that others are told where a listener is "
     "at every address; may be repeated"},
    {"ws", "ADDR:PORT", "Where to serve the page and SIP over WebSocket; may be repeated, as the next four"},
    {"wss", "ADDR:PORT", "The same over TLS"},
    {"udp", "ADDR:PORT", "Where to take SIP over UDP"},
    {"tcp", "ADDR:PORT", "Where to take SIP over TCP"},
    {"tls", "ADDR:PORT", "Where to take SIP over TLS"},
    {"certificate", "FILE", "PEM file of the certificate and its chain; read anew on SIGHUP"},
    {"private-key", "FILE", "PEM file of its key"},
    {"dns-server", "ADDR:PORT", "Name server to ask about other domains (those of the system)"},
    {"route", "DOMAIN=HOW:ADDR:PORT",
     "Where requests to a domain go without asking the DNS, as example.net=tcp:192.0.2.1:5060; may be "
     "repeated"},
    {"upstream", "DOMAIN=URI",
     "Server that the clients of a domain, or with * of any other domain, register with by way of this "
     "relay, as example.net=sip:192.0.2.1:5060;transport=tcp; may be repeated"},
    {"trusted-authorities", "FILE", "PEM file of authorities to believe besides those of the system"},
    {"trusted", "ADDR", "Server of others that tells the truth in P-Asserted-Identity; may be repeated"},
    {"strangers", "allowed|refused",
     "Whether who neither signs in nor comes by a trusted server may write to users (allowed)"},
    {"connection-reuse", "off|trusted",
     "Whether requests to trusted servers go by the TCP connections that these have opened (off)"},
    {"data", "DIR", "Directory of accounts and stored messages, or :memory: (sipmsg-data)"},
    {"run-as", "USER", "User of the system to become when started as root (stays root)"},
    {"auth", "HOW", "digest, or none to believe everyone (digest)"},
    {"web", "DIR", "Directory of the page"},
    {"origin", "ORIGIN",
     "Web site whose pages may connect, besides those served here, or * for any; may be repeated"},
    {"ws-compression", "off|on", "Whether WebSockets are compressed that offer it (off)"},
    {"io-threads", "N",
     "How many threads frame, mask, compress and encrypt beside the one of SIP, 0 to 64 (0)"},
    {"mailbox", "users|everyone|off",
     "Whether messages are stored for users who are not there: those of users alone, or everyone's (users)"},
    {"mailbox-days", "N", "How long a message is stored at most (30)"},
    {"mailbox-messages", "N", "How many messages are stored for one user (1000)"},
    {"mailbox-megabytes", "N", "How much is stored for all users (1024)"},
    {"message-path", "HOW",
     "unknown, or congestion-safe to let the page send more than 1300 bytes (unknown)"},
    {"limit-messages", "N",
     "How many messages, and how many other requests, are taken a minute from one user or stranger's "
     "address (600)"},
    {"limit-wrong-passwords", "N", "How many passwords may be tried for one user in 15 minutes (30)"},
    {"limit-connections", "N", "How many connections are taken a minute from one address (1000)"},
    {"limit-open-connections", "N",
     "How many connections may be open at once, a quarter of them from one address (10000)"},
    {"limit-connection-messages", "N", "How many SIP messages are read a second from one connection (2000)"},
    {"limit-connection-kilobytes", "N", "How many KiB are read a second from one connection (4096)"},
    {"limit-arrival-seconds", "N",
     "How long a TLS handshake, an HTTP request or a SIP message may take to arrive (30)"},
    {"drain-seconds", "N", "How long requests under way may take when the relay is told to end (10)"},
    {"admin", "ADDR:PORT", "Where to serve the admin API, JSON over HTTP (nowhere)"},
    {"admin-token-file", "FILE", "File with the token that whoever uses it must show"},
    {"metrics", "ADDR:PORT",
     "Where to tell metrics and health over HTTP: /metrics, /healthz, /readyz (nowhere)"},
    {"log-level", "LEVEL", "trace, debug, info, warn, error or off (info)"},
    {"log-format", "HOW", "text, or json for a JSON object a line (text)"},
    {"trace", "CALL-ID", "Log each step of the message with this Call-ID, at info; may be repeated"},
};
static_assert(std::size(option_texts) == config_keys.size());

struct ActionText {
  Action action;
  const char* name;
  const char* description;
};
constexpr ActionText action_texts[] = {
    {Action::add, "add", "Add an account; its password comes from the terminal or standard input"},
    {Action::remove, "remove", "Remove an account"},
    {Action::list, "list", "List the accounts"},
    {Action::passwd, "passwd", "Change the password of an account"},
};

/// What the command line says, before any of it is judged.
struct Arguments {
  std::map<std::string, std::vector<std::string>, std::less<>> values;  ///< by key, those that are given
  std::optional<std::string> config_file;
  std::string account;
  std::optional<Action> action;
  bool is_check = false;
  ConfigError error;                      ///< names what is no option
  std::optional<std::string> asked_text;  ///< what --help and --version ask for, instead of everything else
};

void add_option(CLI::App& app, const OptionText& text, Arguments& arguments) {
  const std::string key(text.key);
  CLI::Option* option = app.add_option_function<std::vector<std::string>>(
      "--" + key,
      [key, &arguments](const std::vector<std::string>& values) { arguments.values[key] = values; },
      std::string(text.description));
  // One value each time it stands there; whether it may stand there again is for assign() to say.
  option->option_text(std::string(text.value))->type_size(1)->expected(1)->allow_extra_args(false);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_config_option(CLI::App& app, Arguments& arguments) {
  app.add_option_function<std::string>(
         "--config", [&arguments](const std::string& value) { arguments.config_file = value; },
         "JSON file that sets the same options; the command line wins")
      ->option_text("FILE");
}

void add_user_commands(CLI::App& app, Arguments& arguments) {
  CLI::App* user = app.add_subcommand("user", "Change or list the accounts");
  user->require_subcommand(1);
  for (const auto& [action, name, description] : action_texts) {
    CLI::App* command = user->add_subcommand(name, description);
    command->callback([action = action, &arguments] { arguments.action = action; });
    if (action != Action::list)
      command->add_option("account", arguments.account, "The account's address")
          ->required()
          ->option_text("USER@DOMAIN");
    for (const OptionText& text : option_texts)
      if (text.key == "data") add_option(*command, text, arguments);
    add_config_option(*command, arguments);
  }
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// The last option may lack its value: it has an empty one, which is refused as that of any other would be.
std::vector<std::string> with_last_value(std::span<const std::string> given) {
  std::vector<std::string> arguments(given.begin(), given.end());
  const auto is_last = [&](std::string_view key) { return arguments.back() == "--" + std::string(key); };
  if (!arguments.empty() &&
      (is_last("config") || std::any_of(config_keys.begin(), config_keys.end(), is_last)))
    arguments.emplace_back();
  return arguments;
}

/// A line for each that is no option. What follows one is its value.
ConfigError name_strays(const std::vector<std::string>& strays) {
  ConfigError error;
  bool is_value = false;
  for (const std::string& stray : strays) {
    const bool is_option = stray.starts_with('-');
    if (!is_value || is_option) error.add(one_line(stray) + ": is unknown");
    is_value = is_option;
  }
  return error;
}

Configured<Arguments> read_arguments(std::span<const std::string> given, std::string_view version) {
  Arguments arguments;
  CLI::App app{"SIP messages between browsers and phones: relay, registrar and web server", "sipmsg-relay"};
  app.set_version_flag("--version", "sipmsg-relay " + std::string(version));
  for (const OptionText& text : option_texts) add_option(app, text, arguments);
  add_config_option(app, arguments);
  app.add_flag("--check-config", arguments.is_check,
               "Only say what is wrong with the configuration, all of it");
  add_user_commands(app, arguments);
  app.allow_extras();
  try {
    auto ordered = with_last_value(given);
    std::reverse(ordered.begin(), ordered.end());  // CLI11 takes them from the back
    app.parse(ordered);
    arguments.error = name_strays(app.remaining());
  } catch (const CLI::CallForHelp&) {
    arguments.asked_text = app.help();
  } catch (const CLI::CallForVersion& called) {
    arguments.asked_text = std::string(called.what()) + "\n";
  } catch (const CLI::Error& error) {
    return ConfigError{one_line(error.what())};
  }
  return arguments;
}

ConfigReading read_config(const Arguments& arguments) {
  ConfigReading reading = arguments.config_file ? read_config_file(*arguments.config_file) : ConfigReading();
  reading.error.add(arguments.error);
  for (const auto& [key, values] : arguments.values) reading.set(key, values, "--" + key + ":");
  return reading;
}

Configured<Command> user_command(Action action, const std::string& address, const ConfigReading& reading) {
  if (!reading.error.empty()) return reading.error;
  const Config& config = reading.config;
  if (config.data == in_memory)
    return ConfigError{"user: needs --data DIR: what is kept in memory is gone when the command ends"};
  if (action == Action::list) return Command(UserCommand{action, {}, {}, config.data, config.run_as});
  const auto account = parse_account(address);
  if (!account) return ConfigError{"user: must be USER@DOMAIN, as alice@example.com"};
  return Command(UserCommand{action, account->user, account->domain, config.data, config.run_as});
}

}  // namespace

Configured<Command> parse_command_line(std::span<const std::string> arguments, std::string_view version) {
  const auto given = read_arguments(arguments, version);
  if (!given) return ConfigError{given.error()};
  if (given->asked_text) return Command(TextCommand{*given->asked_text});
  ConfigReading reading = read_config(*given);
  if (given->action) return user_command(*given->action, given->account, reading);
  check_runnable(reading);
  return given->is_check ? Command(CheckCommand{std::move(reading)})
                         : Command(RunCommand{std::move(reading)});
}

}  // namespace relay
