#include "message/tel_uri.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "message/scanner.h"
#include "message/uri.h"

namespace sip {
namespace {

bool is_visual_separator(char c) { return c == '-' || c == '.' || c == '(' || c == ')'; }
bool is_global_digit(char c) { return is_digit(c) || is_visual_separator(c); }
bool is_local_digit(char c) { return hex_value(c) >= 0 || c == '*' || c == '#' || is_visual_separator(c); }

std::string without_separators(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (!is_visual_separator(c)) digits += to_lower(c);
  return digits;
}

/// "+" *phonedigit DIGIT *phonedigit
bool is_global_number(std::string_view text) {
  return text.starts_with('+') && std::all_of(text.begin() + 1, text.end(), is_global_digit) &&
         std::any_of(text.begin(), text.end(), is_digit);
}

bool is_local_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_local_digit) && !without_separators(text).empty();
}

/// domainname: labels of letters, digits and inner hyphens; the last one starts with a letter.
bool is_domain_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  for (;;) {
    const std::size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    const bool is_made_of =
        std::all_of(label.begin(), label.end(), [](char c) { return is_alphanum(c) || c == '-'; });
    if (label.empty() || !is_made_of || label.front() == '-' || label.back() == '-') return false;
    if (dot == std::string_view::npos) return is_alpha(label.front());
    text = text.substr(dot + 1);
  }
}

bool is_param_name(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_alphanum(c) || c == '-'; });
}

/// 1*paramchar. ";isub=" may hold every uric; of these the few more must be escaped here.
bool is_param_value(std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '%') {
      if (i + 2 >= value.size() || hex_value(value[i + 1]) < 0 || hex_value(value[i + 2]) < 0) return false;
      i += 2;
    } else if (!is_alphanum(c) && std::string_view("-_.!~*'()[]/:&+$").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return !value.empty();
}

/// What its own grammar asks of the parameters that RFC 3966 defines.
bool is_param_allowed(std::string_view name, std::string_view value) {
  if (equal_ignoring_case(name, "ext")) return std::all_of(value.begin(), value.end(), is_global_digit);
  if (equal_ignoring_case(name, "phone-context")) return is_global_number(value) || is_domain_name(value);
  return true;
}

/// *par. RFC 3966 3: no name appears twice; the order is not enforced, for comparison does not need it.
std::optional<Error> check_params(Scanner& scanner, std::string_view all) {
  for (std::size_t count = 1; scanner.literal(';'); ++count) {
    const std::size_t start = scanner.position();
    if (count > max_uri_params) return Error{Errc::too_large, start, "URI parameters"};
    const std::string_view name = scanner.rest().substr(0, scanner.rest().find_first_of("=;"));
    scanner.advance(name.size());
    if (!is_param_name(name)) return Error{Errc::syntax, start, "tel"};
    if (Params::uri_params(all.substr(0, start - 1)).has(name)) return Error{Errc::syntax, start, "tel"};
    if (!scanner.literal('=')) {
      for (const std::string_view valued : {"ext", "isub", "phone-context"})
        if (equal_ignoring_case(name, valued)) return Error{Errc::syntax, start, "tel"};
      continue;
    }
    const std::string_view value = scanner.until(';');
    if (!is_param_value(value) || !is_param_allowed(name, value)) return Error{Errc::syntax, start, "tel"};
  }
  return std::nullopt;
}

/// A parameter of one URI in the other. RFC 3966 4: one that only one of them has makes them different.
bool has_same(const Params& params, const Param& wanted) {
  const auto found = params.find(wanted.name);
  if (!found || found->value.has_value() != wanted.value.has_value()) return false;
  if (!wanted.value || equal_ignoring_case(*wanted.value, *found->value)) return true;
  const bool is_dialled =
      equal_ignoring_case(wanted.name, "ext") ||
      (equal_ignoring_case(wanted.name, "phone-context") && is_global_number(*wanted.value));
  return is_dialled && without_separators(*wanted.value) == without_separators(*found->value);
}

bool has_all(const Params& wanted, const Params& params) {
  ParamReader reader(wanted);
  while (const auto param = reader.next())
    if (!has_same(params, *param)) return false;
  return true;
}

}  // namespace

Result<TelUri> TelUri::parse(std::string_view text) {
  if (text.size() < 4 || !equal_ignoring_case(text.substr(0, 4), "tel:"))
    return Error{Errc::syntax, 0, "tel"};
  if (text.size() > max_uri_size) return Error{Errc::too_large, max_uri_size, "tel"};
  TelUri uri;
  uri.subscriber = text.substr(4);
  Scanner scanner(uri.subscriber);
  uri.number = scanner.until(';');
  uri.is_global = uri.number.starts_with('+');
  if (uri.is_global ? !is_global_number(uri.number) : !is_local_number(uri.number))
    return Error{Errc::syntax, 4, "tel"};
  const std::string_view params = scanner.rest();
  Scanner rest(params);
  if (const auto error = check_params(rest, params)) return *error;
  uri.params = Params::uri_params(params);
  // RFC 3966 5.1.5: a local number means nothing without its context.
  if (!uri.is_global && !uri.params.has("phone-context")) return Error{Errc::syntax, 4, "tel"};
  return uri;
}

bool equivalent(const TelUri& a, const TelUri& b) {
  return a.is_global == b.is_global && without_separators(a.number) == without_separators(b.number) &&
         has_all(a.params, b.params) && has_all(b.params, a.params);
}

std::string as_sip_uri(const TelUri& uri, std::string_view domain) {
  std::string user = without_separators(uri.number) + lower_case(uri.params.text());
  // 25.1: these may not stand in a user part as they are.
  for (const auto& [character, escaped] : {std::pair{'#', "%23"}, {'[', "%5b"}, {']', "%5d"}, {':', "%3a"}})
    for (std::size_t at = user.find(character); at != std::string::npos; at = user.find(character, at))
      user.replace(at, 1, escaped);
  return "sip:" + user + "@" + std::string(domain) + ";user=phone";
}

}  // namespace sip
