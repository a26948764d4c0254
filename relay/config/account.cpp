#include "config/account.h"

#include <algorithm>

#include "base/ascii.h"
#include "config/config.h"

namespace relay {
namespace {

/// RFC 3261 25.1: unreserved and user-unreserved, which a user part may hold as they are.
bool is_user_character(char c) {
  return sip::is_alphanum(c) || std::string_view("-_.!~*'()&=+$,;?/").find(c) != std::string_view::npos;
}

}  // namespace

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
