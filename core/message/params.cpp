#include "message/params.h"

#include "base/ascii.h"

namespace sip {
namespace {

/// The first character, its escape undone.
char take_unescaped(std::string_view& text) {
  char first = text[0];
  const bool is_escape =
      first == '%' && text.size() >= 3 && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0;
  if (is_escape) first = static_cast<char>(hex_value(text[1]) * 16 + hex_value(text[2]));
  text.remove_prefix(is_escape ? 3 : 1);
  return first;
}

/// Without case, and with the escapes of both undone.
bool equal_unescaped(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty())
    if (to_lower(take_unescaped(a)) != to_lower(take_unescaped(b))) return false;
  return a.empty() && b.empty();
}

}  // namespace

std::optional<Param> ParamReader::next() {
  std::optional<Param> param;
  if (scanner_.separator(';') && read_param(scanner_, grammar_, param.emplace())) param.reset();
  return param;
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
