#include "message/uri.h"

#include "base/ascii.h"
#include "base/encoding.h"

namespace sip {
namespace {

bool is_user_char(char c) {
  return is_alphanum(c) || std::string_view("-_.!~*'()&=+$,;?/%").find(c) != std::string_view::npos;
}

/// password = *( unreserved / escaped / "&" / "=" / "+" / "$" / "," )
bool is_password_char(char c) {
  return is_alphanum(c) || std::string_view("-_.!~*'()&=+$,%").find(c) != std::string_view::npos;
}

bool is_uri_param_char(char c) {
  return is_alphanum(c) || std::string_view("-_.!~*'()[]/:&+$%").find(c) != std::string_view::npos;
}

bool escapes_are_whole(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return false;
    i += 2;
  }
  return true;
}

/// [ userinfo "@" ]: everything up to the last '@' before the host.
std::optional<Error> read_userinfo(Scanner& scanner, Uri& uri) {
  const std::string_view rest = scanner.rest();
  const std::size_t at = rest.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view userinfo = rest.substr(0, at);
  const std::size_t colon = userinfo.find(':');
  uri.user = userinfo.substr(0, colon);
  if (colon != std::string_view::npos) uri.password = userinfo.substr(colon + 1);
  if (uri.user.empty() || !escapes_are_whole(userinfo)) return scanner.error();
  for (char c : uri.user)
    if (!is_user_char(c)) return scanner.error();
  for (char c : uri.password)
    if (!is_password_char(c)) return scanner.error();
  scanner.advance(at + 1);
  return std::nullopt;
}

/// uri-parameters: their values allow more than a token does. 19.1.1: no name stands twice.
Result<Params> read_uri_params(Scanner& scanner) {
  const std::size_t start = scanner.position();
  for (std::size_t count = 1; scanner.literal(';'); ++count) {
    const Params before = Params::uri_params(scanner.since(start));
    const std::size_t name_start = scanner.position();
    while (is_uri_param_char(scanner.peek())) scanner.advance(1);
    const std::string_view name = scanner.since(name_start);
    if (name.empty() || !escapes_are_whole(name) || before.has(percent_decoded(name).value_or(std::string())))
      return Error{Errc::syntax, name_start, {}};
    if (count > max_uri_params) return Error{Errc::too_large, name_start, "URI parameters"};
    if (!scanner.literal('=')) continue;
    const std::size_t value_start = scanner.position();
    while (is_uri_param_char(scanner.peek())) scanner.advance(1);
    const std::string_view value = scanner.since(value_start);
    if (value.empty() || !escapes_are_whole(value)) return Error{Errc::syntax, value_start, {}};
  }
  return Params::uri_params(scanner.since(start));
}

bool is_scheme(std::string_view text) {
  if (text.empty() || !is_alpha(text[0])) return false;
  for (char c : text)
    if (!is_alphanum(c) && c != '+' && c != '-' && c != '.') return false;
  return true;
}

}  // namespace

bool Uri::is_sip() const { return equal_ignoring_case(scheme, "sip") || equal_ignoring_case(scheme, "sips"); }

Result<Uri> Uri::parse(std::string_view text) {
  if (text.size() > max_uri_size) return Error{Errc::too_large, max_uri_size, "URI"};
  Uri uri;
  uri.text = text;
  Scanner scanner(text);
  uri.scheme = scanner.until(":");
  if (!is_scheme(uri.scheme) || !scanner.literal(':')) return Error{Errc::syntax, 0, {}};
  for (char c : text)
    if (c <= ' ' || c == '<' || c == '>' || c == '"' || c == 0x7f) return Error{Errc::syntax, 0, {}};
  if (!uri.is_sip()) {
    if (scanner.at_end()) return scanner.error(Errc::truncated);
    return uri;
  }
  if (const auto error = read_userinfo(scanner, uri)) return *error;
  uri.host = scanner.host();
  if (uri.host.empty()) return scanner.error();
  if (scanner.literal(':')) {
    const auto port = parse_decimal(scanner.digits(), 65535);
    if (!port) return scanner.error(Errc::out_of_range);
    uri.port = static_cast<std::uint16_t>(*port);
  }
  auto params = read_uri_params(scanner);
  if (!params) return params.error();
  uri.params = *params;
  if (scanner.literal('?')) {
    uri.headers = scanner.rest();
    if (!escapes_are_whole(uri.headers)) return scanner.error();
    scanner.advance(uri.headers.size());
  }
  if (!scanner.at_end()) return scanner.error();
  return uri;
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
