#include "message/contact.h"

#include <algorithm>

#include "base/ascii.h"
#include "message/delta_seconds.h"

namespace sip {
namespace {

/// qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
std::optional<unsigned> parse_qvalue(std::string_view text) {
  Scanner scanner(text);
  const auto whole = parse_decimal(scanner.digits(), 1);
  if (!whole) return std::nullopt;
  unsigned thousandths = 0;
  if (scanner.literal('.')) {
    const std::string_view fraction = scanner.digits();
    if (fraction.size() > 3) return std::nullopt;
    unsigned weight = 100;
    for (char c : fraction) {
      thousandths += weight * static_cast<unsigned>(c - '0');
      weight /= 10;
    }
  }
  if (!scanner.at_end() || (*whole == 1 && thousandths != 0)) return std::nullopt;
  return static_cast<unsigned>(*whole) * 1000 + thousandths;
}

}  // namespace

Result<Contact> Contact::parse(std::string_view value) {
  Contact contact;
  if (trim(value) == "*") {
    contact.star = true;
    return contact;
  }
  const auto address = NameAddr::parse(value);
  if (!address) return address.error();
  contact.address = *address;
  if (const auto q = address->params.value("q")) {
    const auto thousandths = parse_qvalue(*q);
    if (!thousandths) return Error{Errc::out_of_range, 0, "q"};
    contact.q_thousandths = *thousandths;
  }
  if (const auto expires = address->params.find("expires")) {
    contact.expires = delta_seconds(expires->value.value_or(std::string_view{})).value_or(Seconds(3600));
  }
  return contact;
}

std::vector<Contact> contacts_by_preference(const MessageView& response) {
  std::vector<Contact> contacts;
  ValueReader values(response, HeaderName::contact);
  while (const auto value = values.next())
    if (const auto contact = Contact::parse(*value); contact && !contact->star) contacts.push_back(*contact);
  std::stable_sort(contacts.begin(), contacts.end(),
                   [](const Contact& a, const Contact& b) { return a.q_thousandths > b.q_thousandths; });
  return contacts;
}

}  // namespace sip
