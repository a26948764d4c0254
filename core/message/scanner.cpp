#include "message/scanner.h"

#include "base/ip_literal.h"

namespace sip {

bool Scanner::escape() {
  // quoted-pair = "\" (%x00-09 / %x0B-0C / %x0E-7F): no CR, no LF.
  const std::string_view pair = rest();
  if (pair.size() < 2 || pair[0] != '\\' || pair[1] == '\r' || pair[1] == '\n') return false;
  position_ += 2;
  return true;
}

std::optional<std::string_view> Scanner::quoted_string() {
  const std::size_t start = position_;
  if (!literal('"')) return std::nullopt;
  do run(CharacterClass::quoted_text);
  while (escape());
  const std::string_view inside = since(start + 1);
  if (literal('"')) return inside;
  position_ = start;
  return std::nullopt;
}

std::optional<std::string_view> Scanner::comment() {
  const std::size_t start = position_;
  if (!literal('(')) return std::nullopt;
  for (std::size_t depth = 1; depth > 0;) {
    run(CharacterClass::comment_text);
    if (literal('(')) {
      ++depth;
    } else if (literal(')')) {
      --depth;
    } else if (!escape()) {
      position_ = start;
      return std::nullopt;
    }
  }
  const std::string_view whole = since(start);
  return whole.substr(1, whole.size() - 2);
}

std::string_view Scanner::host() {
  const std::size_t start = position_;
  if (literal('[')) {
    const std::string_view address = until(']');
    if (!parse_ipv6(address) || !literal(']')) position_ = start;
    return since(start);
  }
  return run(CharacterClass::host_name);
}

}  // namespace sip
