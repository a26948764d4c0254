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
  Result<Contact> contact(std::in_place);
  if (const auto error = contact->read(value)) contact = *error;
  return contact;
}

std::optional<Error> Contact::read(std::string_view value) {
  star = trim(value) == "*";
  if (star) return std::nullopt;
  Scanner scanner(value);
  if (auto error = address.read_address(scanner)) return error;
  bool has_q = false;
  std::optional<std::string_view> q;
  const auto error = address.params.read_to_end(scanner, [&](const Param& param) {
    if (!has_q && equal_ignoring_case(param.name, "q")) {
      q = param.value;
      has_q = true;
    }
    if (!expires && equal_ignoring_case(param.name, "expires"))
      expires = delta_seconds(param.value.value_or(std::string_view{})).value_or(Seconds(3600));
  });
  if (error) return error;
  if (!q) return std::nullopt;
  const auto thousandths = parse_qvalue(*q);
  if (!thousandths) return Error{Errc::out_of_range, 0, "q"};
  q_thousandths = *thousandths;
  return std::nullopt;
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
