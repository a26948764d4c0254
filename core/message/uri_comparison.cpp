#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/encoding.h"
#include "base/ip_literal.h"
#include "message/im_uri.h"
#include "message/tel_uri.h"
#include "message/uri.h"

namespace sip {
namespace {

/// Undoes every escape of a character that may also stand unescaped (19.1.4: the two forms are equal);
/// an escape that must stay ("%40" in a user part) is kept in upper case.
std::string normalized(std::string_view text) {
  static constexpr std::string_view hex_digits = "0123456789ABCDEF";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 2 >= text.size()) {
      out += text[i];
      continue;
    }
    const int value = hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]);
    const char c = static_cast<char>(value);
    if (value >= 0 && (is_alphanum(c) || std::string_view("-_.!~*'()").find(c) != std::string_view::npos)) {
      out += c;
    } else {
      out += '%';
      out += hex_digits[static_cast<unsigned>(value) / 16 % 16];
      out += hex_digits[static_cast<unsigned>(value) % 16];
    }
    i += 2;
  }
  return out;
}

/// RFC 5954 4.2: of two addresses the bytes count, not how they are written.
bool same_host(std::string_view a, std::string_view b) {
  if (equal_ignoring_case(a, b)) return true;
  if (a.empty() || b.empty() || a.front() != b.front()) return false;
  if (a.front() != '[') return parse_ipv4(a) && parse_ipv4(a) == parse_ipv4(b);
  return parse_ipv6(a.substr(1, a.size() - 2)) == parse_ipv6(b.substr(1, b.size() - 2));
}

/// Schemes that are not SIP's own: by the rules of their RFCs where this core knows them.
bool equivalent_by_scheme(const Uri& a, const Uri& b) {
  if (!equal_ignoring_case(a.scheme, b.scheme)) return false;
  if (const auto tel = TelUri::parse(a.text)) {
    const auto other = TelUri::parse(b.text);
    return other && equivalent(*tel, *other);
  }
  if (const auto im = ImUri::parse(a.text)) {
    const auto other = ImUri::parse(b.text);
    return other && equivalent(*im, *other);
  }
  return a.text == b.text;
}

bool same_value(const Param& a, const Param& b) {
  if (a.value.has_value() != b.value.has_value()) return false;
  return !a.value || equal_ignoring_case(normalized(*a.value), normalized(*b.value));
}

std::string unescaped(std::string_view name) { return percent_decoded(name).value_or(std::string(name)); }

/// 19.1.4: these must match even when only one URI has them.
bool matters_when_alone(std::string_view name) {
  for (std::string_view special : {"user", "ttl", "method", "maddr", "transport"})
    if (equal_ignoring_case(name, special)) return true;
  return false;
}

bool params_agree(const Params& a, const Params& b) {
  ParamReader reader(a);
  while (const auto mine = reader.next()) {
    const auto other = b.find(mine->name);
    if (other ? !same_value(*mine, *other) : matters_when_alone(unescaped(mine->name))) return false;
  }
  return true;
}

/// 19.1.4: header components are never ignored; their order is.
std::vector<std::string> sorted_headers(std::string_view text) {
  std::vector<std::string> headers;
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    headers.push_back(lower_case(normalized(text.substr(0, end))));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  std::sort(headers.begin(), headers.end());
  return headers;
}

}  // namespace

bool equivalent(const Uri& a, const Uri& b) {
  if (!a.is_sip() || !b.is_sip()) return equivalent_by_scheme(a, b);
  return equal_ignoring_case(a.scheme, b.scheme) && normalized(a.user) == normalized(b.user) &&
         normalized(a.password) == normalized(b.password) && same_host(a.host, b.host) && a.port == b.port &&
         params_agree(a.params, b.params) && params_agree(b.params, a.params) &&
         sorted_headers(a.headers) == sorted_headers(b.headers);
}

std::string_view without_final_dot(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return host;
}

std::string address_of_record(const Uri& uri) {
  std::string aor = "sip:";
  if (!uri.user.empty()) aor += normalized(uri.user) + "@";
  return aor + lower_case(without_final_dot(uri.host));
}

}  // namespace sip
