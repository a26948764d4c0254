#include "account_command.h"

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/password_prompt.h"
#include "exit_code.h"
#include "privileges.h"
#include "store/credential_store.h"
#include "store/mailbox_store.h"

namespace relay {
namespace {

int list_users(CredentialStore& store) {
  const auto listed = store.list();
  if (const auto* error = std::get_if<StoreError>(&listed)) return fail(failure, error->message);
  for (const std::string& account : std::get<std::vector<std::string>>(listed)) std::cout << account << '\n';
  return EXIT_SUCCESS;
}

/// Whoever has the name next must not read what was meant for another.
std::optional<StoreError> forget_messages(const UserCommand& command) {
  auto opened = MailboxStore::open(command.data, {});
  if (const auto* error = std::get_if<StoreError>(&opened)) return *error;
  auto& mailbox = std::get<MailboxStore>(opened);
  const std::string address = command.user + "@" + command.domain;
  if (mailbox.begin() && mailbox.forget_all(address) && mailbox.commit()) return std::nullopt;
  return StoreError{StoreError::Reason::failed,
                    "the messages that wait for " + address + " cannot be removed"};
}

/// What is left of an earlier owner's goes before anybody can sign in by the name.
std::optional<StoreError> add_user(CredentialStore& store, const UserCommand& command,
                                   const std::string& password) {
  const auto found = store.find(command.user, command.domain);
  if (found.failed) return StoreError{StoreError::Reason::failed, "the accounts cannot be read"};
  if (!found.digest)
    if (auto error = forget_messages(command)) return error;
  return store.add(command.user, command.domain, password);
}

/// The account goes first: for one that there is, messages go on coming. Where that is all that was done, the
/// next try does the rest.
std::optional<StoreError> remove_user(CredentialStore& store, const UserCommand& command) {
  auto error = store.remove(command.user, command.domain);
  if (error && error->reason != StoreError::Reason::missing) return error;
  if (auto left = forget_messages(command)) return left;
  return error;
}

std::optional<std::string> change_user(CredentialStore& store, const UserCommand& command,
                                       std::string& done) {
  using Action = UserCommand::Action;
  std::string password;
  if (command.action != Action::remove) {
    const auto asked = ask_password(command.user + "@" + command.domain);
    if (!asked) return asked.error();
    password = *asked;
  }
  std::optional<StoreError> error;
  switch (command.action) {
    case Action::add:
      error = add_user(store, command, password);
      done = "added";
      break;
    case Action::remove:
      error = remove_user(store, command);
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

}  // namespace

int run_user_command(const UserCommand& command) {
  if (const auto problem = run_as(command.run_as)) return fail(failure, *problem);
  auto opened = CredentialStore::open(command.data);
  if (const auto* error = std::get_if<StoreError>(&opened)) return fail(failure, "data: " + error->message);
  auto& store = std::get<CredentialStore>(opened);
  if (command.action == UserCommand::Action::list) return list_users(store);
  std::string done;
  if (const auto error = change_user(store, command, done)) return fail(failure, *error);
  std::cout << done << ' ' << command.user << '@' << command.domain << '\n';
  return EXIT_SUCCESS;
}

}  // namespace relay
