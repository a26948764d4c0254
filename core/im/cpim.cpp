#include "im/cpim.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/params.h"
#include "message/scanner.h"

namespace sip {
namespace {

/// 3.6 NAMECHAR.
bool is_name_char(char c) {
  return is_alphanum(c) || std::string_view("!#$%&'*+-^_`|~").find(c) != std::string_view::npos;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_name_char);
}

/// 3.6 Token: TOKENCHARs are NAMECHARs, '.' and everything above U+007F.
bool is_formal_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_name_char(c) || c == '.' || static_cast<unsigned char>(c) >= 0x80;
  });
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

struct Declaration {
  std::string_view prefix;
  std::string_view uri;
};

/// The namespaces that are known at one place of a message; the last declaration of a prefix counts.
class Namespaces {
 public:
  std::string_view uri_of(std::string_view prefix) const {
    const auto known = std::find_if(declared_.rbegin(), declared_.rend(),
                                    [&](const Declaration& one) { return one.prefix == prefix; });
    if (known != declared_.rend()) return known->uri;
    return prefix.empty() ? cpim_namespace : std::string_view{};
  }
  /// 4.6: "NS: " [ Name-prefix ] "<" URI ">"; the examples put a space before the URI.
  bool declare(std::string_view value) {
    const std::size_t open = value.find('<');
    if (open == std::string_view::npos || value.back() != '>') return false;
    const std::string_view prefix = trim(value.substr(0, open));
    if (!prefix.empty() && !is_name(prefix)) return false;
    declared_.push_back({prefix, value.substr(open + 1, value.size() - open - 2)});
    return true;
  }
  /// Name with or without a prefix; where the prefix is not known, the namespace is empty.
  CpimHeader resolve(std::string_view name) const {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return {uri_of({}), name, {}, {}};
    return {uri_of(name.substr(0, dot)), name.substr(dot + 1), {}, {}};
  }

 private:
  std::vector<Declaration> declared_;
};

bool is_known(const CpimHeader& header) {
  constexpr std::array<std::string_view, 7> basic{"From", "To", "cc", "DateTime", "Subject", "NS", "Require"};
  constexpr std::array<std::string_view, 3> imdn{"Message-ID", "Disposition-Notification", "Original-To"};
  const auto among = [&](const auto& names) {
    return std::find(names.begin(), names.end(), header.name) != names.end();
  };
  if (header.namespace_uri == cpim_namespace) return among(basic);
  return header.namespace_uri == imdn_namespace && among(imdn);
}

/// The content's own header begins here. RFC 3862 2 has an empty line before it; the examples of RFC 5438 7
/// have none, and people wrote clients from them.
bool begins_content(std::string_view line) { return equal_ignoring_case(line.substr(0, 8), "Content-"); }

/// Header = Header-name ":" *( ";" Parameter ) SP Header-value (3.6), its name not yet resolved. The space
/// may be missing where nothing follows.
std::optional<CpimHeader> split(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  CpimHeader header{{}, line.substr(0, colon), {}, {}};
  const std::size_t dot = header.name.find('.');
  const bool has_prefix = dot != std::string_view::npos;
  if (has_prefix && !is_name(header.name.substr(0, dot))) return std::nullopt;
  if (!is_name(has_prefix ? header.name.substr(dot + 1) : header.name)) return std::nullopt;
  std::string_view rest = line.substr(colon + 1);
  if (rest.substr(0, 1) == ";") {
    bool is_quoted = false;
    std::size_t end = 0;
    for (; end < rest.size() && (is_quoted || rest[end] != ' '); ++end) {
      if (rest[end] == '"') is_quoted = !is_quoted;
      if (rest[end] == '\\') ++end;
    }
    end = std::min(end, rest.size());
    header.parameters = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  if (rest.empty()) return header;
  if (rest.front() != ' ') return std::nullopt;
  header.value = rest.substr(1);
  return header;
}

/// Four hexadecimal digits at `at`, or nothing.
std::optional<std::uint32_t> code_unit(std::string_view text, std::size_t at) {
  if (text.size() < at + 4) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value;
}

bool is_high_surrogate(std::uint32_t code) { return code >= 0xd800 && code < 0xdc00; }
bool is_low_surrogate(std::uint32_t code) { return code >= 0xdc00 && code < 0xe000; }

/// The \uxxxx at `position`, which is moved past it; none where it is not one.
std::optional<std::uint32_t> take_code_point(std::string_view text, std::size_t& position) {
  const auto first = code_unit(text, position + 2);
  if (!first) return std::nullopt;
  position += 6;
  if (is_high_surrogate(*first) && text.substr(position, 2) == "\\u") {
    const auto second = code_unit(text, position + 2);
    if (second && is_low_surrogate(*second)) {
      position += 6;
      return 0x1'0000 + ((*first - 0xd800) << 10) + (*second - 0xdc00);
    }
  }
  return is_high_surrogate(*first) || is_low_surrogate(*first) ? 0xfffd : *first;
}

char meaning_of(char escaped) {
  switch (escaped) {
    case 'b': return '\b';
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    default: return escaped;
  }
}

void append_escaped(char c, std::string& out) {
  switch (c) {
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\t': out += "\\t"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    default: break;
  }
  if (!is_control(c)) {
    out += c;
    return;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  const auto code = static_cast<unsigned char>(c);
  out += "\\u00";
  out += digits[code >> 4];
  out += digits[code & 0x0f];
}

}  // namespace

std::string_view CpimHeader::language() const {
  Scanner scanner(parameters);
  Params params;
  if (params.read_to_end(scanner)) return {};
  return params.value("lang").value_or(std::string_view{});
}

Result<Cpim> Cpim::parse(std::string_view text) {
  Cpim cpim;
  Namespaces namespaces;
  std::size_t position = 0;
  for (;;) {
    const std::string_view rest = text.substr(position);
    const std::size_t end = rest.find("\r\n");
    if (end == std::string_view::npos) return Error{Errc::truncated, position, "CPIM header"};
    const std::string_view line = rest.substr(0, end);
    if (line.empty()) position += 2;
    if (line.empty() || begins_content(line)) break;
    auto header = split(line);
    if (!header || !is_utf8(line) || std::any_of(line.begin(), line.end(), is_control))
      return Error{Errc::syntax, position, "CPIM header"};
    if (cpim.headers.size() == max_headers) return Error{Errc::too_large, position, "CPIM headers"};
    const CpimHeader resolved = namespaces.resolve(header->name);
    header->namespace_uri = resolved.namespace_uri;
    header->name = resolved.name;
    if (header->namespace_uri == cpim_namespace && header->name == "NS" && !namespaces.declare(header->value))
      return Error{Errc::syntax, position, "CPIM namespace"};
    cpim.headers.push_back(*header);
    position += end + 2;
  }
  auto content = MimeEntity::parse(text.substr(position));
  if (!content) return Error{content.error().code, position + content.error().offset, content.error().what};
  cpim.content = *content;
  return cpim;
}

const CpimHeader* Cpim::find(std::string_view namespace_uri, std::string_view name) const {
  for (const CpimHeader& header : headers)
    if (header.namespace_uri == namespace_uri && header.name == name) return &header;
  return nullptr;
}

std::optional<std::string_view> Cpim::value(std::string_view namespace_uri, std::string_view name) const {
  const CpimHeader* header = find(namespace_uri, name);
  return header != nullptr ? std::optional(header->value) : std::nullopt;
}

bool Cpim::has(std::string_view namespace_uri, std::string_view name) const {
  return find(namespace_uri, name) != nullptr;
}

bool Cpim::requires_unknown() const {
  Namespaces namespaces;
  for (const CpimHeader& header : headers) {
    if (header.namespace_uri != cpim_namespace) continue;
    if (header.name == "NS") namespaces.declare(header.value);
    if (header.name != "Require") continue;
    std::string_view names = header.value;
    while (!names.empty()) {
      const std::size_t comma = std::min(names.find(','), names.size());
      if (!is_known(namespaces.resolve(trim(names.substr(0, comma))))) return true;
      names.remove_prefix(std::min(comma + 1, names.size()));
    }
  }
  return false;
}

Result<CpimAddress> CpimAddress::parse(std::string_view value) {
  CpimAddress address;
  std::size_t open = 0;
  if (value.substr(0, 1) == "\"") {
    std::size_t end = 1;
    while (end < value.size() && value[end] != '"') end += value[end] == '\\' ? 2U : 1U;
    if (end >= value.size()) return Error{Errc::truncated, value.size(), "CPIM address"};
    address.formal_name = value.substr(1, end - 1);
    open = value.find_first_not_of(' ', end + 1);
  } else {
    open = value.find('<');
    address.formal_name = trim(value.substr(0, open));
    for (std::string_view rest = address.formal_name; !rest.empty();) {
      const std::size_t space = std::min(rest.find(' '), rest.size());
      if (!is_formal_token(rest.substr(0, space))) return Error{Errc::syntax, 0, "CPIM address"};
      rest = trim(rest.substr(space));
    }
  }
  if (open == std::string_view::npos || value[open] != '<' || value.back() != '>')
    return Error{Errc::syntax, std::min(open, value.size()), "CPIM address"};
  address.uri = value.substr(open + 1, value.size() - open - 2);
  if (address.uri.empty() || address.uri.find_first_of("<> ") != std::string_view::npos)
    return Error{Errc::syntax, open + 1, "CPIM address"};
  return address;
}

std::string cpim_unescaped(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (std::size_t i = 0; i < value.size();) {
    if (value[i] != '\\') {
      out += value[i++];
      continue;
    }
    if (i + 1 == value.size()) break;  // 2.3.1: a backslash at the end is ignored
    if (value[i + 1] == 'u') {
      if (const auto code = take_code_point(value, i)) {
        append_utf8(*code, out);
        continue;
      }
    }
    // What is no known escape stands for the character itself.
    out += meaning_of(value[i + 1]);
    i += 2;
  }
  return out;
}

std::string cpim_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) append_escaped(c, out);
  return out;
}

CpimWriter& CpimWriter::header(std::string_view name, std::string_view text, std::string_view language) {
  text_ += std::string(name) + ":";
  if (!language.empty()) text_ += ";lang=" + std::string(language);
  text_ += " " + cpim_escaped(text) + "\r\n";
  return *this;
}

CpimWriter& CpimWriter::address(std::string_view name, std::string_view formal_name, std::string_view uri) {
  text_ += std::string(name) + ": ";
  if (!formal_name.empty()) {
    text_ += '"';
    for (const char c : formal_name) {
      if (c == '"') text_ += '\\';
      append_escaped(c, text_);
    }
    text_ += "\" ";
  }
  text_ += "<" + cpim_escaped(uri) + ">\r\n";
  return *this;
}

CpimWriter& CpimWriter::declare(std::string_view prefix, std::string_view namespace_uri) {
  text_ += "NS: " + std::string(prefix) + " <" + std::string(namespace_uri) + ">\r\n";
  return *this;
}

std::string CpimWriter::finish(const MimeEntity& content) {
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) text_ += std::string(name) + ": " + std::string(value) + "\r\n";
  };
  text_ += "\r\n";
  add("Content-Type", content.content_type);
  add("Content-Disposition", content.content_disposition);
  add("Content-Language", content.content_language);
  text_ += "\r\n";
  text_ += content.body;
  return std::move(text_);
}

}  // namespace sip
