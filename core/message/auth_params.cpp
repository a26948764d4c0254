#include "message/auth_params.h"

#include "base/ascii.h"
#include "message/scanner.h"

namespace sip {
namespace {

/// auth-param: token EQUAL ( token / quoted-string )
std::optional<Error> read_auth_param(Scanner& scanner, Param& param) {
  param.name = scanner.token();
  if (param.name.empty() || !scanner.separator('=')) return scanner.error();
  if (scanner.peek() == '"') {
    param.value = scanner.quoted_string();
    if (!param.value) return scanner.error(Errc::truncated);
    return std::nullopt;
  }
  param.value = scanner.run(CharacterClass::auth_value);
  if (param.value->empty()) return scanner.error();
  return std::nullopt;
}

/// Pairs up to the end of the value.
Result<std::string_view> read_auth_params(Scanner& scanner) {
  const std::size_t start = scanner.position();
  do {
    Param param;
    if (const auto error = read_auth_param(scanner, param)) return *error;
  } while (scanner.separator(','));
  const std::string_view params = scanner.since(start);
  scanner.sws();
  if (!scanner.at_end()) return scanner.error();
  return params;
}

}  // namespace

Result<AuthParams> AuthParams::parse(std::string_view value) {
  AuthParams result;
  Scanner scanner(value);
  scanner.sws();
  result.scheme = scanner.token();
  const std::size_t before_space = scanner.position();
  scanner.sws();
  if (result.scheme.empty() || scanner.position() == before_space) return scanner.error();
  const auto params = read_auth_params(scanner);
  if (!params) return params.error();
  result.params = *params;
  return result;
}

Result<AuthParams> AuthParams::parse_info(std::string_view value) {
  Scanner scanner(value);
  scanner.sws();
  const auto params = read_auth_params(scanner);
  if (!params) return params.error();
  AuthParams result;
  result.params = *params;
  return result;
}

std::optional<std::string_view> AuthParams::value(std::string_view name) const {
  AuthParamReader reader(*this);
  while (const auto param = reader.next())
    if (equal_ignoring_case(param->name, name)) return param->value;
  return std::nullopt;
}

std::optional<Param> AuthParamReader::next() {
  std::optional<Param> param;
  const bool has_more = scanner_.position() == 0 || scanner_.separator(',');
  if (has_more && read_auth_param(scanner_, param.emplace())) param.reset();
  return param;
}

}  // namespace sip
