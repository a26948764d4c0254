#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "ops/http.h"

namespace relay {

// What the operator may ask of a relay that runs. Accounts are those of a user and a domain in lower case.
struct ListAccounts {};
struct AddAccount {
  std::string user;
  std::string domain;
  std::string password;
};
struct SetPassword {
  std::string user;
  std::string domain;
  std::string password;
};
/// With its bindings and its stored messages.
struct RemoveAccount {
  std::string user;
  std::string domain;
};
struct ListRegistrations {};
/// Forgets the bindings of a user, who may register again.
struct RemoveRegistrations {
  std::string user;
};
struct CountMessages {};
struct ListMessages {
  std::string recipient;  ///< user@domain
};
struct DeleteMessage {
  std::uint64_t number;
};
struct ListConnections {};
struct CloseConnection {
  std::uint64_t flow;
};
/// Those and no others have each step logged.
struct FollowMessages {
  std::vector<std::string> call_ids;
};

using AdminQuestion = std::variant<ListAccounts, AddAccount, SetPassword, RemoveAccount, ListRegistrations,
                                   RemoveRegistrations, CountMessages, ListMessages, DeleteMessage,
                                   ListConnections, CloseConnection, FollowMessages>;

/// Reads what a request asks for, or gives the answer to one that asks for nothing.
std::variant<AdminQuestion, HttpAnswer> read_admin_question(const HttpRequest& request);

}  // namespace relay
