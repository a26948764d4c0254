#include "message/name_addr.h"

#include "base/ascii.h"

namespace sip {
namespace {

/// [ display-name ] in front of '<': a quoted-string or any number of tokens.
std::optional<Error> read_display_name(Scanner& scanner, std::string_view& name) {
  if (scanner.peek() == '<') return std::nullopt;
  if (scanner.peek() == '"') {
    const auto quoted = scanner.quoted_string();
    if (!quoted) return scanner.error(Errc::truncated);
    scanner.sws();
    name = *quoted;
    return std::nullopt;
  }
  name = trim(scanner.until('<'));
  for (char c : name)
    if (!is_of(CharacterClass::token, c) && !is_of(CharacterClass::white, c)) return scanner.error();
  return std::nullopt;
}

}  // namespace

Result<NameAddr> NameAddr::parse(std::string_view value) {
  Result<NameAddr> address(std::in_place);
  if (const auto error = address->read(value)) address = *error;
  return address;
}

std::optional<Error> NameAddr::read(std::string_view value) {
  Scanner scanner(value);
  if (auto error = read_address(scanner)) return error;
  bool has_tag = false;
  return params.read_to_end(scanner, [&](const Param& param) {
    if (has_tag || !equal_ignoring_case(param.name, "tag")) return;
    tag_ = param.value.value_or(std::string_view{});
    has_tag = true;
  });
}

std::optional<Error> NameAddr::read_address(Scanner& scanner) {
  scanner.sws();
  std::string_view uri_text;
  if (scanner.peek() == '<' || scanner.peek() == '"' || scanner.rest().find('<') != std::string_view::npos) {
    if (auto error = read_display_name(scanner, display_name)) return error;
    if (!scanner.literal('<')) return scanner.error();
    uri_text = scanner.until('>');
    if (!scanner.literal('>')) return scanner.error(Errc::truncated);
  } else {
    // 20.10: without angle brackets, everything behind a semicolon belongs to the header field, not to the
    // URI.
    uri_text = trim(scanner.until(';'));
    if (uri_text.find(',') != std::string_view::npos || uri_text.find('?') != std::string_view::npos)
      return scanner.error();
  }
  return uri.read(uri_text);
}

}  // namespace sip
