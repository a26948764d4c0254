#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace relay {

struct Account {
  std::string user;
  std::string domain;
};
/// USER@DOMAIN. The user part is what may stand unescaped in a SIP URI (RFC 3261 25.1).
std::optional<Account> parse_account(std::string_view text);

}  // namespace relay
