#include "ua/account.h"

#include <algorithm>

#include "auth/bearer.h"
#include "base/ascii.h"
#include "message/uri.h"

namespace sip {
namespace {

constexpr Milliseconds longest_recovery{86'400'000};
constexpr Milliseconds longest_ping_interval{3'600'000};

bool are_contact_params(const std::string& text) {
  if (text.empty()) return true;
  const std::string whole = "sip:a@b.invalid;" + text;
  const auto uri = Uri::parse(whole);
  // The transport is ours to say.
  return uri && uri->headers.empty() && whole.find('?') == std::string::npos && !uri->params.has("transport");
}

bool is_host(const std::string& text) {
  const auto uri = Uri::parse("sip:" + text);
  return uri && uri->user.empty() && uri->params.text().empty() && uri->headers.empty();
}

bool are_times(const Account& account) {
  const FlowRecovery& recovery = account.recovery;
  return account.expires >= Seconds(1) && account.expires <= Seconds(86400) &&
         recovery.base_time >= Milliseconds(1) && recovery.base_time <= recovery.max_time &&
         recovery.max_time <= longest_recovery && account.ping_interval >= Milliseconds(1000) &&
         account.ping_interval <= longest_ping_interval;
}

}  // namespace

bool is_valid(const Account& account) {
  const auto uri = Uri::parse(account.address);
  if (!uri || !uri->is_sip() || uri->user.empty() || !uri->headers.empty()) return false;
  if (!is_printable(account.display_name) || !is_printable(account.credentials.username)) return false;
  if (!is_printable(account.instance) || account.instance.find_first_of("<>\" ") != std::string::npos)
    return false;
  if (!account.token.empty() && !is_bearer_token(account.token)) return false;
  if (!are_contact_params(account.contact_params) || account.servers.size() > Account::max_servers)
    return false;
  return std::all_of(account.servers.begin(), account.servers.end(), is_host) && are_times(account);
}

}  // namespace sip
