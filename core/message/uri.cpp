#include "message/uri.h"

#include "base/ascii.h"
#include "base/encoding.h"

namespace sip {
namespace {

bool escapes_are_whole(std::string_view text) {
  for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 3))
    if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return false;
  return true;
}

/// [ userinfo "@" ]
std::optional<Error> read_userinfo(Scanner& scanner, Uri& uri) {
  const std::size_t start = scanner.position();
  uri.user = scanner.run(CharacterClass::user);
  if (scanner.literal(':')) uri.password = scanner.run(CharacterClass::password);
  if (!uri.user.empty() && scanner.literal('@')) return std::nullopt;
  const bool is_malformed = scanner.rest().find('@') != std::string_view::npos;
  // If there is none, what was read is the host.
  scanner.go_back(start);
  if (is_malformed) return scanner.error();
  uri.user = uri.password = {};
  return std::nullopt;
}

/// uri-parameters: their values allow more than a token does. 19.1.1: no name stands twice.
std::optional<Error> read_uri_params(Scanner& scanner, Params& params) {
  const std::size_t start = scanner.position();
  for (std::size_t count = 1; scanner.literal(';'); ++count) {
    const Params before = Params::uri_params(scanner.since(start));
    const std::size_t name_start = scanner.position();
    const std::string_view name = scanner.run(CharacterClass::uri_param);
    if (name.empty() || (count > 1 && before.has(name))) return Error{Errc::syntax, name_start, {}};
    if (count > max_uri_params) return Error{Errc::too_large, name_start, "URI parameters"};
    if (!scanner.literal('=')) continue;
    const std::size_t value_start = scanner.position();
    const std::string_view value = scanner.run(CharacterClass::uri_param);
    if (value.empty()) return Error{Errc::syntax, value_start, {}};
  }
  params = Params::uri_params(scanner.since(start));
  return std::nullopt;
}

}  // namespace

bool Uri::is_sip() const { return equal_ignoring_case(scheme, "sip") || equal_ignoring_case(scheme, "sips"); }

Result<Uri> Uri::parse(std::string_view text) {
  Result<Uri> uri(std::in_place);
  if (const auto error = uri->read(text)) uri = *error;
  return uri;
}

std::optional<Error> Uri::read(std::string_view all) {
  if (all.size() > max_uri_size) return Error{Errc::too_large, max_uri_size, "URI"};
  text = all;
  Scanner scanner(text);
  scheme = scanner.run(CharacterClass::scheme);
  if (scheme.empty() || !is_alpha(scheme[0]) || !scanner.literal(':')) return Error{Errc::syntax, 0, {}};
  if (!is_sip()) {
    if (!is_all(CharacterClass::uri, text)) return Error{Errc::syntax, 0, {}};
    if (scanner.at_end()) return scanner.error(Errc::truncated);
    return std::nullopt;
  }
  if (!escapes_are_whole(text)) return scanner.error();
  if (auto error = read_userinfo(scanner, *this)) return error;
  host = scanner.host();
  if (host.empty()) return scanner.error();
  if (scanner.literal(':')) {
    const auto number = parse_decimal(scanner.digits(), 65535);
    if (!number) return scanner.error(Errc::out_of_range);
    port = static_cast<std::uint16_t>(*number);
  }
  if (auto error = read_uri_params(scanner, params)) return error;
  if (scanner.literal('?')) headers = scanner.run(CharacterClass::uri);
  if (!scanner.at_end()) return scanner.error();
  return std::nullopt;
}

std::string as_request_uri(const Uri& uri) {
  if (!uri.is_sip()) return std::string(uri.text);
  const auto params_start = static_cast<std::size_t>(uri.params.text().data() - uri.text.data());
  if (!uri.params.has("method"))
    return std::string(uri.text.substr(0, params_start + uri.params.text().size()));
  std::string text(uri.text.substr(0, params_start));
  ParamReader params(uri.params);
  while (const auto param = params.next()) {
    if (equal_ignoring_case(percent_decoded(param->name).value_or(std::string()), "method")) continue;
    text.append(";").append(param->name);
    if (param->value) text.append("=").append(*param->value);
  }
  return text;
}

}  // namespace sip
