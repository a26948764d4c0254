#include "config/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "config/config_file.h"

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
    {"connection-reuse", "HOW",
     "off, or trusted to send to trusted servers by the TCP connections that they have opened (off)"},
    {"data", "DIR", "Directory of accounts and stored messages, or :memory: (sipmsg-data)"},
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
  std::optional<std::string> asked_text;  ///< what --help and --version ask for, instead of everything else
};

void add_option(CLI::App& app, const OptionText& text, Arguments& arguments) {
  const std::string key(text.key);
  CLI::Option* option = app.add_option_function<std::vector<std::string>>(
      "--" + key,
      [key, &arguments](const std::vector<std::string>& values) { arguments.values[key] = values; },
      std::string(text.description));
  // One value each time it stands there.
  option->option_text(std::string(text.value))->type_size(1)->expected(1)->allow_extra_args(false);
  if (is_list(key)) option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
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

Configured<Arguments> read_arguments(std::span<const std::string> given, std::string_view version) {
  Arguments arguments;
  CLI::App app{"SIP messages between browsers and phones: relay, registrar and web server", "sipmsg-relay"};
  app.set_version_flag("--version", "sipmsg-relay " + std::string(version));
  for (const OptionText& text : option_texts) add_option(app, text, arguments);
  add_config_option(app, arguments);
  app.add_flag("--check-config", arguments.is_check,
               "Only say what is wrong with the configuration, all of it");
  add_user_commands(app, arguments);
  try {
    app.parse(std::vector<std::string>(given.rbegin(), given.rend()));  // CLI11 takes them from the back
  } catch (const CLI::CallForHelp&) {
    arguments.asked_text = app.help();
  } catch (const CLI::CallForVersion& called) {
    arguments.asked_text = std::string(called.what()) + "\n";
  } catch (const CLI::Error& error) {
    return ConfigError{one_line(error.what())};
  }
  return arguments;
}

Configured<Config> resolve(const Arguments& arguments) {
  Config config;
  ConfigError error;
  if (arguments.config_file) {
    const auto text = read_config_file(*arguments.config_file);
    if (!text) return ConfigError{text.error()};
    const auto from_file = parse_config_file(*arguments.config_file, *text, config);
    if (from_file) {
      config = *from_file;
    } else {
      error.add(from_file.error());
    }
  }
  for (const auto& [key, values] : arguments.values)
    if (const auto problem = assign(config, key, values)) error.add("--" + key + ": " + *problem);
  if (!error.message.empty()) return error;
  return config;
}

Configured<Command> user_command(Action action, const std::string& address, const Config& config) {
  if (config.data == in_memory)
    return ConfigError{"user: needs --data DIR: what is kept in memory is gone when the command ends"};
  if (action == Action::list) return Command(UserCommand{action, {}, {}, config.data});
  const auto account = parse_account(address);
  if (!account) return ConfigError{"user: must be USER@DOMAIN, as alice@example.com"};
  return Command(UserCommand{action, account->user, account->domain, config.data});
}

/// RFC 3261 25.1: unreserved and user-unreserved, which a user part may hold as they are.
bool is_user_character(char c) {
  return sip::is_alphanum(c) || std::string_view("-_.!~*'()&=+$,;?/").find(c) != std::string_view::npos;
}

}  // namespace

Configured<Command> parse_command_line(std::span<const std::string> arguments, std::string_view version) {
  const auto given = read_arguments(arguments, version);
  if (!given) return ConfigError{given.error()};
  if (given->asked_text) return Command(TextCommand{*given->asked_text});
  const auto config = resolve(*given);
  if (!config) return ConfigError{config.error()};
  if (given->action) return user_command(*given->action, given->account, *config);
  if (auto error = check_runnable(*config)) return *std::move(error);
  return given->is_check ? Command(CheckCommand{*config}) : Command(RunCommand{*config});
}

std::optional<Account> parse_account(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || at > 255) return std::nullopt;
  const std::string_view user = text.substr(0, at);
  if (!std::all_of(user.begin(), user.end(), is_user_character)) return std::nullopt;
  const auto domain = parse_domain(text.substr(at + 1));
  if (!domain) return std::nullopt;
  return Account{std::string(user), *domain};
}

}  // namespace relay
