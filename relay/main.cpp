#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/command_line.h"
#include "config/password_prompt.h"
#include "net/reactor.h"
#include "store/credential_store.h"
#include "store/credential_thread.h"

namespace {

using relay::Config;
using relay::CredentialStore;
using relay::StoreError;

/// Exit codes: what was asked for can't be done; what was asked for can't be understood.
constexpr int failure = 1;
constexpr int misuse = 2;

int fail(int code, const std::string& message) {
  std::cerr << "sipmsg-relay: " << message << '\n';
  return code;
}

spdlog::level::level_enum spdlog_level(relay::LogLevel level) {
  switch (level) {
    case relay::LogLevel::trace: return spdlog::level::trace;
    case relay::LogLevel::debug: return spdlog::level::debug;
    case relay::LogLevel::info: return spdlog::level::info;
    case relay::LogLevel::warn: return spdlog::level::warn;
    case relay::LogLevel::error: return spdlog::level::err;
    case relay::LogLevel::off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

void start_log(relay::LogLevel level) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("relay"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  spdlog::set_level(spdlog_level(level));
}

/// Each connection needs a descriptor, and the usual soft limit is far below the hard one.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// What the page reads as settings.json.
std::string web_settings(const Config& config) {
  const bool is_safe = config.message_path == sip::Path::congestion_safe;
  return std::string("{\"congestionSafe\":") + (is_safe ? "true" : "false") + "}\n";
}

int run_relay(const Config& config) {
  start_log(config.log_level);
  raise_descriptor_limit();
  sip::Seed seed{};
  if (getentropy(seed.data(), seed.size()) != 0) return fail(failure, "the system gives no random numbers");

  std::optional<relay::TlsIdentity> tls;
  if (!config.certificate.empty()) {
    tls.emplace(config.certificate, config.private_key);
    if (const auto error = tls->load()) return fail(failure, *error);
  }
  auto opened = CredentialStore::open(config.data);
  if (const auto* error = std::get_if<StoreError>(&opened)) return fail(failure, "data: " + error->message);
  // The store's thread ends before the reactor, to which it replies.
  relay::Reactor reactor(config.web, web_settings(config), std::move(tls));
  relay::CredentialThread credentials(std::get<CredentialStore>(std::move(opened)));

  for (const sip::Endpoint& listener : config.listeners)
    if (const auto error = reactor.listen(listener)) return fail(failure, *error);
  if (const auto error = reactor.prepare({config.dns_server, config.trusted_authorities}))
    return fail(failure, *error);

  relay::Settings settings;
  settings.domain = config.domain;
  settings.routes = config.routes;
  settings.authenticate = config.authentication == relay::Authentication::digest;
  reactor.run(settings, seed, [&](const relay::Relay::FindUser& question, relay::Reactor::Reply reply) {
    credentials.find(question.user, question.domain,
                     [reply = std::move(reply)](CredentialStore::Found found) {
                       reply({std::move(found.digest), found.failed});
                     });
  });
  return EXIT_SUCCESS;
}

int list_users(CredentialStore& store) {
  const auto listed = store.list();
  if (const auto* error = std::get_if<StoreError>(&listed)) return fail(failure, error->message);
  for (const std::string& account : std::get<std::vector<std::string>>(listed)) std::cout << account << '\n';
  return EXIT_SUCCESS;
}

std::optional<std::string> change_user(CredentialStore& store, const relay::UserCommand& command,
                                       std::string& done) {
  using Action = relay::UserCommand::Action;
  std::string password;
  if (command.action != Action::remove) {
    const auto asked = relay::ask_password(command.user + "@" + command.domain);
    if (!asked) return asked.error();
    password = *asked;
  }
  std::optional<StoreError> error;
  switch (command.action) {
    case Action::add:
      error = store.add(command.user, command.domain, password);
      done = "added";
      break;
    case Action::remove:
      error = store.remove(command.user, command.domain);
      done = "removed";
      break;
    case Action::passwd:
      error = store.set_password(command.user, command.domain, password);
      done = "changed the password of";
      break;
    case Action::list: break;
  }
  return error ? std::optional(error->message) : std::nullopt;
}

int run_user_command(const relay::UserCommand& command) {
  auto opened = CredentialStore::open(command.data);
  if (const auto* error = std::get_if<StoreError>(&opened)) return fail(failure, "data: " + error->message);
  auto& store = std::get<CredentialStore>(opened);
  if (command.action == relay::UserCommand::Action::list) return list_users(store);
  std::string done;
  if (const auto error = change_user(store, command, done)) return fail(failure, *error);
  std::cout << done << ' ' << command.user << '@' << command.domain << '\n';
  return EXIT_SUCCESS;
}

int run(const std::vector<std::string>& arguments) {
  const auto command = relay::parse_command_line(arguments, SIPMSG_VERSION);
  if (!command) return fail(misuse, command.error());
  if (const auto* text = std::get_if<relay::TextCommand>(&*command)) {
    std::cout << text->text;
    return EXIT_SUCCESS;
  }
  if (const auto* user = std::get_if<relay::UserCommand>(&*command)) return run_user_command(*user);
  return run_relay(std::get<relay::RunCommand>(*command).config);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& exception) {
    return fail(failure, exception.what());
  }
}
