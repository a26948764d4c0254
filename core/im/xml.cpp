#include "im/xml.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/utf8.h"

namespace sip {
namespace {

constexpr std::string_view white = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// XML 1.0 2.2 Char, of the characters below U+0080; those above are looked at by is_xml_text().
bool is_char(char c) { return static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r'; }

/// UTF-8 of Chars only: no control characters, neither U+FFFE nor U+FFFF.
bool is_xml_text(std::string_view text) {
  for (const char c : text)
    if (!is_char(c)) return false;
  return is_utf8(text) && text.find("\xef\xbf\xbe") == std::string_view::npos &&
         text.find("\xef\xbf\xbf") == std::string_view::npos;
}

/// 2.3 NameChar, taken wide above U+007F: names that are not known are skipped anyway.
bool is_name_char(char c) {
  return is_alphanum(c) || c == '_' || c == '-' || c == '.' || c == ':' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool may_start_name(char c) { return is_name_char(c) && !is_digit(c) && c != '-' && c != '.'; }

/// 4.1 CharRef behind "&#", without its ';'. False where it names no Char.
bool append_character(std::string_view number, std::string& out) {
  const bool is_hex = !number.empty() && number.front() == 'x';
  if (is_hex) number.remove_prefix(1);
  if (number.empty()) return false;
  std::uint32_t code = 0;
  for (const char c : number) {
    const int digit = is_hex || is_digit(c) ? hex_value(c) : -1;
    if (digit < 0) return false;
    code = code * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
    if (code > 0x10'ffff) return false;
  }
  if (code >= 0xd800 && code < 0xe000) return false;
  std::string character;
  append_utf8(code, character);
  if (!is_xml_text(character)) return false;
  out += character;
  return true;
}

char predefined_entity(std::string_view name) {
  if (name == "amp") return '&';
  if (name == "lt") return '<';
  if (name == "gt") return '>';
  if (name == "quot") return '"';
  return name == "apos" ? '\'' : '\0';
}

/// Namespaces 1.0: at most one colon, and something on both sides of it.
bool is_qualified_name(std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return true;
  return colon > 0 && colon + 1 < name.size() && may_start_name(name[colon + 1]) &&
         name.find(':', colon + 1) == std::string_view::npos;
}

}  // namespace

Result<XmlToken> XmlReader::next() {
  if (!has_begun_)
    if (const auto failure = begin()) return *failure;
  if (is_empty_element_) {
    is_empty_element_ = false;
    return leave();
  }
  for (;;) {
    if (open_.empty()) skip_white();
    if (position_ == text_.size()) {
      if (!open_.empty() || !has_root_) return error(Errc::truncated);
      return XmlToken{};
    }
    if (take("<!--")) {
      // 2.5: no "--" inside a comment.
      if (const auto failure = skip_past("-->", "--")) return *failure;
    } else if (take("<?")) {
      if (const auto failure = skip_past("?>", {})) return *failure;
    } else if (at("</")) {
      return read_end();
    } else if (at("<![CDATA[") || !at("<")) {
      return read_text();
    } else {
      return read_start();  // also what a document type declaration fails at
    }
  }
}

Result<std::string> XmlReader::rest_of_element() {
  std::string own;
  for (std::size_t depth = 1;;) {
    auto token = next();
    if (!token) return token.error();
    switch (token->kind) {
      case XmlToken::Kind::start: ++depth; break;
      case XmlToken::Kind::text:
        if (depth == 1) own += token->text;
        break;
      case XmlToken::Kind::end:
        if (--depth == 0) return std::string(trim(own));
        break;
      case XmlToken::Kind::done: return error(Errc::truncated);
    }
  }
}

std::optional<Error> XmlReader::begin() {
  has_begun_ = true;
  if (text_.size() > max_document) return Error{Errc::too_large, max_document, "XML document"};
  if (!is_xml_text(text_)) return error();
  take(byte_order_mark);
  if (at("<?xml") && white.find(text_.substr(position_ + 5, 1)) != std::string_view::npos)
    return read_declaration();
  return std::nullopt;
}

/// 2.8 XMLDecl: version 1.x, and no other encoding than UTF-8.
std::optional<Error> XmlReader::read_declaration() {
  take("<?xml");
  bool has_version = false;
  for (;;) {
    skip_white();
    if (take("?>")) break;
    auto attribute = read_attribute();
    if (!attribute) return attribute.error();
    if (attribute->name == "version") {
      has_version = attribute->value.substr(0, 2) == "1.";
    } else if (attribute->name == "encoding" && !equal_ignoring_case(attribute->value, "UTF-8") &&
               !equal_ignoring_case(attribute->value, "US-ASCII")) {
      return error();
    }
  }
  if (!has_version) return error();
  return std::nullopt;
}

bool XmlReader::take(std::string_view what) {
  if (!at(what)) return false;
  position_ += what.size();
  return true;
}

void XmlReader::skip_white() {
  while (position_ < text_.size() && white.find(text_[position_]) != std::string_view::npos) ++position_;
}

std::optional<Error> XmlReader::skip_past(std::string_view end, std::string_view forbidden) {
  const std::size_t found = text_.find(end, position_);
  if (found == std::string_view::npos) return error(Errc::truncated);
  if (!forbidden.empty() && text_.find(forbidden, position_) < found) return error();
  position_ = found + end.size();
  return std::nullopt;
}

/// Character data and references up to one of `stops`, which must come before the end.
std::optional<Error> XmlReader::append_until(std::string_view stops, std::string& out) {
  while (position_ < text_.size() && stops.find(text_[position_]) == std::string_view::npos) {
    if (at("&")) {
      if (const auto failure = append_reference(out)) return failure;
      continue;
    }
    // 2.4: in content, "]]>" stands for nothing but the end of a CDATA section.
    if (stops == "<" && at("]]>")) return error();
    if (at("\r\n")) ++position_;  // 2.11
    const char c = text_[position_++];
    out += c == '\r' ? '\n' : c;
  }
  if (position_ == text_.size()) return error(Errc::truncated);
  return std::nullopt;
}

std::optional<Error> XmlReader::append_reference(std::string& out) {
  const std::size_t end = text_.find(';', position_);
  if (end == std::string_view::npos) return error(Errc::truncated);
  const std::string_view name = text_.substr(position_ + 1, end - position_ - 1);
  if (name.substr(0, 1) == "#") {
    if (!append_character(name.substr(1), out)) return error();
  } else {
    const char c = predefined_entity(name);
    if (c == '\0') return error();
    out += c;
  }
  position_ = end + 1;
  return std::nullopt;
}

/// Character data up to the next markup, or one CDATA section.
Result<XmlToken> XmlReader::read_text() {
  if (open_.empty()) return error();
  XmlToken token{.kind = XmlToken::Kind::text, .name = {}, .namespace_uri = {}, .attributes = {}, .text = {}};
  if (!take("<![CDATA[")) {
    if (const auto failure = append_until("<", token.text)) return *failure;
    return token;
  }
  const std::size_t start = position_;
  if (const auto failure = skip_past("]]>", {})) return *failure;
  for (std::size_t i = start; i + 3 < position_; ++i) {
    if (text_.substr(i, 2) == "\r\n") continue;
    token.text += text_[i] == '\r' ? '\n' : text_[i];
  }
  return token;
}

std::string_view XmlReader::read_name() {
  const std::size_t start = position_;
  if (start < text_.size() && may_start_name(text_[start]))
    while (position_ < text_.size() && is_name_char(text_[position_])) ++position_;
  return text_.substr(start, position_ - start);
}

Result<XmlToken> XmlReader::read_start() {
  if (open_.empty() && has_root_) return error();
  take("<");
  const std::string_view name = read_name();
  if (name.empty() || !is_qualified_name(name)) return error();
  if (open_.size() == max_depth) return Error{Errc::too_large, position_, "depth of XML"};
  open_.push_back(name);
  has_root_ = true;
  XmlToken token{
      .kind = XmlToken::Kind::start, .name = {}, .namespace_uri = {}, .attributes = {}, .text = {}};
  for (;;) {
    const std::size_t before = position_;
    skip_white();
    if (take(">")) break;
    if (take("/>")) {
      is_empty_element_ = true;
      break;
    }
    if (position_ == before) return error();  // 3.1: white space before each attribute
    auto attribute = read_attribute();
    if (!attribute) return attribute.error();
    for (const XmlAttribute& other : token.attributes)
      if (other.name == attribute->name) return error();
    if (token.attributes.size() == max_attributes) return Error{Errc::too_large, position_, "XML attributes"};
    if (const auto failure = bind(*attribute)) return *failure;
    token.attributes.push_back(std::move(*attribute));
  }
  if (const auto failure = resolve(name, token)) return *failure;
  return token;
}

Result<XmlAttribute> XmlReader::read_attribute() {
  XmlAttribute attribute;
  attribute.name = read_name();
  if (attribute.name.empty() || !is_qualified_name(attribute.name)) return error();
  skip_white();
  if (!take("=")) return error();
  skip_white();
  const std::string_view quote = at("'") ? "'" : "\"";
  if (!take(quote)) return error();
  if (const auto failure = append_until(quote == "'" ? "'<" : "\"<", attribute.value)) return *failure;
  if (!take(quote)) return error();
  for (char& c : attribute.value)
    if (white.find(c) != std::string_view::npos) c = ' ';
  return attribute;
}

/// Namespaces 1.0 3: xmlns and xmlns:prefix hold for the element that carries them and what is inside.
std::optional<Error> XmlReader::bind(const XmlAttribute& attribute) {
  if (attribute.name == "xmlns") {
    bindings_.push_back({{}, attribute.value, open_.size()});
  } else if (attribute.name.substr(0, 6) == "xmlns:") {
    if (attribute.value.empty()) return error();
    bindings_.push_back({attribute.name.substr(6), attribute.value, open_.size()});
  }
  return std::nullopt;
}

std::optional<Error> XmlReader::resolve(std::string_view qualified, XmlToken& token) const {
  const std::size_t colon = qualified.find(':');
  const std::string_view prefix =
      colon == std::string_view::npos ? std::string_view{} : qualified.substr(0, colon);
  token.name = colon == std::string_view::npos ? qualified : qualified.substr(colon + 1);
  const auto binding = std::find_if(bindings_.rbegin(), bindings_.rend(),
                                    [&](const Binding& one) { return one.prefix == prefix; });
  if (binding != bindings_.rend()) {
    token.namespace_uri = binding->uri;
    return std::nullopt;
  }
  if (!prefix.empty() && prefix != "xml") return error();
  return std::nullopt;
}

Result<XmlToken> XmlReader::read_end() {
  take("</");
  const std::string_view name = read_name();
  skip_white();
  if (open_.empty() || open_.back() != name || !take(">")) return error();
  return leave();
}

XmlToken XmlReader::leave() {
  XmlToken token{.kind = XmlToken::Kind::end, .name = {}, .namespace_uri = {}, .attributes = {}, .text = {}};
  (void)resolve(open_.back(), token);  // it was known when the element began
  while (!bindings_.empty() && bindings_.back().depth == open_.size()) bindings_.pop_back();
  open_.pop_back();
  return token;
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\r': out += "&#13;"; break;
      default:
        if (is_char(c)) out += c;
    }
  }
  return out;
}

}  // namespace sip
