#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/command_line.h"
#include "config/password_prompt.h"
#include "net/reactor.h"
#include "store/credential_store.h"
#include "store/credential_thread.h"
#include "store/mailbox_store.h"
#include "store/mailbox_thread.h"

namespace {

using relay::Config;
using relay::CredentialStore;
using relay::MailboxStore;
using relay::StoreError;

/// Exit codes: what was asked for can't be done; what was asked for can't be understood.
constexpr int failure = 1;
constexpr int misuse = 2;

/// Each line of the message is one for the terminal.
int fail(int code, const std::string& message) {
  std::istringstream lines(message);
  for (std::string line; std::getline(lines, line);) std::cerr << "sipmsg-relay: " << line << '\n';
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

/// Gives a sentence where the files are of no use.
std::optional<std::string> load_tls(const Config& config, std::optional<relay::TlsIdentity>& tls) {
  if (config.certificate.empty()) return std::nullopt;
  tls.emplace(config.certificate, config.private_key);
  return tls->load();
}

int check_config(const Config& config) {
  std::optional<relay::TlsIdentity> tls;
  if (const auto error = load_tls(config, tls)) return fail(misuse, *error);
  std::cout << "the configuration is in order\n";
  return EXIT_SUCCESS;
}

/// Whoever is promised a message must not lose it with the memory; and without accounts nobody is known.
bool keeps_messages(const Config& config) {
  return config.mailbox == relay::Mailboxes::on && config.data != relay::in_memory &&
         config.authentication == relay::Authentication::digest;
}

relay::MailboxQuota quota(const Config& config) {
  relay::MailboxQuota quota;
  quota.messages_each = config.mailbox_messages;
  quota.bytes = std::int64_t{config.mailbox_megabytes} << 20;
  return quota;
}

relay::Loaded as_loaded(MailboxStore::Loaded found) {
  relay::Loaded loaded{.message = {}, .failed = found.failed};
  if (!found.letter) return loaded;
  relay::Letter& letter = *found.letter;
  loaded.message = relay::StoredMessage{.recipient = std::move(letter.recipient),
                                        .identity = std::move(letter.identity),
                                        .request = std::move(letter.request),
                                        .expires_at = letter.expires_at,
                                        .number = relay::MessageNumber{letter.number}};
  return loaded;
}

relay::Stored as_stored(MailboxStore::Stored outcome) {
  switch (outcome) {
    case MailboxStore::Stored::stored: return relay::Stored::stored;
    case MailboxStore::Stored::repeat: return relay::Stored::repeat;
    case MailboxStore::Stored::full: return relay::Stored::full;
    case MailboxStore::Stored::failed: return relay::Stored::failed;
  }
  return relay::Stored::failed;
}

std::uint64_t number(relay::MessageNumber number) { return static_cast<std::uint64_t>(number); }

/// Without a mailbox the relay asks nothing of it.
relay::Reactor::Stores stores(relay::CredentialThread& credentials, relay::MailboxThread* mailbox) {
  relay::Reactor::Stores stores;
  stores.find_user = [&](const relay::Relay::FindUser& question, auto reply) {
    credentials.find(question.user, question.domain,
                     [reply = std::move(reply)](CredentialStore::Found found) {
                       reply({std::move(found.digest), found.failed});
                     });
  };
  if (!mailbox) return stores;
  stores.store_message = [mailbox](relay::StoreMessage question, auto reply) {
    relay::StoredMessage& message = question.message;
    mailbox->store({std::move(message.recipient), std::move(message.identity), std::move(message.request),
                    message.expires_at},
                   [reply = std::move(reply)](MailboxStore::Stored outcome) { reply(as_stored(outcome)); });
  };
  const auto loading = [](auto reply) {
    return [reply = std::move(reply)](MailboxStore::Loaded found) { reply(as_loaded(std::move(found))); };
  };
  stores.load_message = [mailbox, loading](const relay::LoadMessage& question, auto reply) {
    mailbox->load(question.recipient, number(question.after), loading(std::move(reply)));
  };
  stores.load_expired = [mailbox, loading](const relay::LoadExpired& question, auto reply) {
    mailbox->load_expired(question.now, question.after_time, number(question.after),
                          loading(std::move(reply)));
  };
  stores.forget_message = [mailbox](const relay::ForgetMessage& question) {
    mailbox->forget(number(question.number));
  };
  return stores;
}

int run_relay(const Config& config) {
  start_log(config.log_level);
  raise_descriptor_limit();
  sip::Seed seed{};
  if (getentropy(seed.data(), seed.size()) != 0) return fail(failure, "the system gives no random numbers");

  std::optional<relay::TlsIdentity> tls;
  if (const auto error = load_tls(config, tls)) return fail(failure, *error);
  auto opened = CredentialStore::open(config.data);
  if (const auto* error = std::get_if<StoreError>(&opened)) return fail(failure, "data: " + error->message);
  std::optional<MailboxStore> mailbox_store;
  if (keeps_messages(config)) {
    auto mailbox = MailboxStore::open(config.data, quota(config));
    if (const auto* error = std::get_if<StoreError>(&mailbox))
      return fail(failure, "data: " + error->message);
    mailbox_store = std::get<MailboxStore>(std::move(mailbox));
  }
  // The stores' threads end before the reactor, to which they reply.
  relay::Reactor reactor(
      {relay::StaticFiles(config.web, web_settings(config)), relay::OriginPolicy(config.origins)},
      std::move(tls));
  relay::CredentialThread credentials(std::get<CredentialStore>(std::move(opened)));
  std::optional<relay::MailboxThread> mailbox;
  if (mailbox_store) mailbox.emplace(*std::move(mailbox_store));

  for (const sip::Endpoint& listener : config.listeners)
    if (const auto error = reactor.listen(listener)) return fail(failure, *error);
  if (const auto error = reactor.prepare({config.dns_server, config.trusted_authorities}))
    return fail(failure, *error);

  relay::Settings settings;
  settings.domain = config.domain;
  settings.routes = config.routes;
  settings.authenticate = config.authentication == relay::Authentication::digest;
  if (mailbox) settings.keeps_messages_for = sip::Seconds(86'400) * config.mailbox_days;
  reactor.run(settings, seed, stores(credentials, mailbox ? &*mailbox : nullptr));
  return EXIT_SUCCESS;
}

int list_users(CredentialStore& store) {
  const auto listed = store.list();
  if (const auto* error = std::get_if<StoreError>(&listed)) return fail(failure, error->message);
  for (const std::string& account : std::get<std::vector<std::string>>(listed)) std::cout << account << '\n';
  return EXIT_SUCCESS;
}

/// What waits for an account goes with it, or whoever has the name next would read it.
std::optional<StoreError> forget_messages(const relay::UserCommand& command) {
  auto opened = MailboxStore::open(command.data, {});
  if (const auto* error = std::get_if<StoreError>(&opened)) return *error;
  auto& mailbox = std::get<MailboxStore>(opened);
  const bool is_done = mailbox.begin() && mailbox.forget_all(command.user + "@" + command.domain);
  if (is_done && mailbox.commit()) return std::nullopt;
  return StoreError{StoreError::Reason::failed,
                    "the account is removed, but not the messages that wait for it"};
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
      if (!error) error = forget_messages(command);
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
  if (const auto* check = std::get_if<relay::CheckCommand>(&*command)) return check_config(check->config);
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
