#include "ua/granted_binding.h"

#include <algorithm>

#include "base/encoding.h"
#include "message/contact.h"
#include "message/delta_seconds.h"

namespace sip {
namespace {

/// A day: what a larger number means is "long".
constexpr Seconds longest_expires{86400};
/// Timer F: how long a refresh may take to fail.
constexpr Seconds longest_transaction{32};
/// More than any registrar makes; it is kept and handed on.
constexpr std::size_t max_gruu_size = 512;

/// RFC 5627 7: a SIP URI in a quoted-string, with "gr" in it.
std::string gruu(const Contact& contact, std::string_view name) {
  const auto inside = contact.address.params.value(name);
  if (!inside || inside->size() > max_gruu_size) return {};
  std::string text = unquoted(*inside);
  const auto uri = Uri::parse(text);
  return uri && uri->is_sip() && uri->params.has("gr") ? text : std::string();
}

}  // namespace

GrantedBinding GrantedBinding::read(const MessageView& response, std::string_view contact, Seconds asked) {
  GrantedBinding binding;
  std::optional<Seconds> expires = delta_seconds(response, HeaderName::expires);
  const auto ours = Uri::parse(contact);
  ValueReader contacts(response, HeaderName::contact);
  while (const auto value = contacts.next()) {
    const auto entry = Contact::parse(*value);
    if (!ours || !entry || entry->star || !equivalent(entry->address.uri, *ours)) continue;
    if (entry->expires) expires = entry->expires;
    binding.public_gruu = gruu(*entry, "pub-gruu");
    binding.temporary_gruu = gruu(*entry, "temp-gruu");
    break;
  }
  binding.expires = expires ? std::clamp(*expires, Seconds(1), longest_expires) : std::max(asked, Seconds(1));
  return binding;
}

Milliseconds GrantedBinding::refresh_after() const {
  if (expires <= 2 * longest_transaction) return Milliseconds(expires) / 2;
  return std::min(Milliseconds(expires) * 9 / 10, Milliseconds(expires - longest_transaction));
}

}  // namespace sip
