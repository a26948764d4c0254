#include "message/params.h"

#include "base/ascii.h"

namespace sip {
namespace {

/// Wider than token and host: uri-parameters allow "/", ":", "&", "$", "(" and ")" (25.1 param-unreserved),
/// and RFC 5118 4.5 shows received=2001:db8::1 with and without brackets.
bool is_value_char(char c) {
  return is_token_char(c) || std::string_view("[]:/&$()").find(c) != std::string_view::npos;
}

/// Without case, and with the escapes of `name` undone.
bool equal_unescaped(std::string_view name, std::string_view wanted) {
  std::size_t i = 0;
  for (const char c : wanted) {
    if (i >= name.size()) return false;
    char have = name[i++];
    if (have == '%' && i + 1 < name.size() && hex_value(name[i]) >= 0 && hex_value(name[i + 1]) >= 0) {
      have = static_cast<char>(hex_value(name[i]) * 16 + hex_value(name[i + 1]));
      i += 2;
    }
    if (to_lower(have) != to_lower(c)) return false;
  }
  return i == name.size();
}

/// generic-param behind its ';'. A value may be a token, a host (IPv6 with brackets included) or quoted.
Result<Param> read_param(Scanner& scanner, ParamGrammar grammar) {
  Param param;
  const std::size_t name_start = scanner.position();
  const auto is_name_char = grammar == ParamGrammar::uri ? is_value_char : is_token_char;
  while (is_name_char(scanner.peek())) scanner.advance(1);
  param.name = scanner.since(name_start);
  if (param.name.empty()) return scanner.error();
  if (!scanner.separator('=')) return param;
  if (scanner.peek() == '"') {
    param.value = scanner.quoted_string();
    if (!param.value) return scanner.error(Errc::truncated);
    return param;
  }
  const std::size_t start = scanner.position();
  while (is_value_char(scanner.peek())) scanner.advance(1);
  if (scanner.position() == start) return scanner.error();
  param.value = scanner.since(start);
  return param;
}

}  // namespace

Result<Params> Params::parse(Scanner& scanner) {
  Params params;
  const std::size_t start = scanner.position();
  while (scanner.separator(';')) {
    if (auto param = read_param(scanner, ParamGrammar::generic); !param) return param.error();
  }
  params.text_ = scanner.since(start);
  return params;
}

Params Params::uri_params(std::string_view text) {
  Params params;
  params.text_ = text;
  params.grammar_ = ParamGrammar::uri;
  return params;
}

std::optional<Param> ParamReader::next() {
  if (!scanner_.separator(';')) return std::nullopt;
  const auto param = read_param(scanner_, grammar_);
  return param ? std::optional(*param) : std::nullopt;
}

std::optional<Param> Params::find(std::string_view name) const {
  ParamReader reader(*this);
  while (const auto param = reader.next())
    if (grammar_ == ParamGrammar::uri ? equal_unescaped(param->name, name)
                                      : equal_ignoring_case(param->name, name))
      return param;
  return std::nullopt;
}

std::optional<std::string_view> Params::value(std::string_view name) const {
  const auto param = find(name);
  return param ? param->value : std::nullopt;
}

}  // namespace sip
