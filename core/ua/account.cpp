#include "ua/account.h"

#include <algorithm>

#include "message/uri.h"

namespace sip {
namespace {

bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

bool is_valid(const Account& account) {
  const auto uri = Uri::parse(account.address);
  if (!uri || !uri->is_sip() || uri->user.empty() || !uri->headers.empty()) return false;
  if (!is_printable(account.display_name) || !is_printable(account.credentials.username)) return false;
  if (!is_printable(account.instance) || account.instance.find_first_of("<>\" ") != std::string::npos)
    return false;
  return account.expires >= Seconds(1) && account.expires <= Seconds(86400);
}

}  // namespace sip
