#include "message/name_addr.h"

#include "base/ascii.h"

namespace sip {
namespace {

/// [ display-name ] in front of '<': a quoted-string or any number of tokens.
Result<std::string_view> read_display_name(Scanner& scanner) {
  if (scanner.peek() == '"') {
    const auto quoted = scanner.quoted_string();
    if (!quoted) return scanner.error(Errc::truncated);
    scanner.sws();
    return *quoted;
  }
  const std::string_view tokens = trim(scanner.until("<"));
  for (char c : tokens)
    if (!is_token_char(c) && c != ' ' && c != '\t' && c != '\r' && c != '\n') return scanner.error();
  return tokens;
}

}  // namespace

Result<NameAddr> NameAddr::parse(std::string_view value) {
  NameAddr result;
  Scanner scanner(value);
  scanner.sws();
  std::string_view uri_text;
  if (scanner.peek() == '"' || scanner.rest().find('<') != std::string_view::npos) {
    const auto name = read_display_name(scanner);
    if (!name) return name.error();
    result.display_name = *name;
    if (!scanner.literal('<')) return scanner.error();
    uri_text = scanner.until(">");
    if (!scanner.literal('>')) return scanner.error(Errc::truncated);
  } else {
    // 20.10: without angle brackets, everything behind a semicolon belongs to the header field, not to the
    // URI.
    uri_text = scanner.until("; \t\r\n");
    if (uri_text.find_first_of(",?") != std::string_view::npos) return scanner.error();
  }
  const auto uri = Uri::parse(uri_text);
  if (!uri) return uri.error();
  result.uri = *uri;
  const auto params = Params::parse(scanner);
  if (!params) return params.error();
  result.params = *params;
  scanner.sws();
  if (!scanner.at_end()) return scanner.error();
  return result;
}

}  // namespace sip
