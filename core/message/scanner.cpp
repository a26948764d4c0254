#include "message/scanner.h"

#include "base/ip_literal.h"

namespace sip {

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

std::size_t ipv6_reference_size(std::string_view text) {
  const std::size_t end = text.find(']');
  const bool is_reference =
      text.starts_with('[') && end != std::string_view::npos && parse_ipv6(text.substr(1, end - 1));
  return is_reference ? end + 1 : 0;
}

}  // namespace sip
