#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "message/character_class.h"

namespace sip {

/// How long the IPv6reference at the start of the text is, brackets included; 0 when there is none.
std::size_t ipv6_reference_size(std::string_view text);

/// Reads a text from left to right, one production of RFC 3261 section 25.1 a function. Borrows the text.
/// A function that finds its production moves past it; one that does not leaves the position unchanged.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return position_ == text_.size(); }
  std::size_t position() const { return position_; }
  std::string_view rest() const { return {text_.data() + position_, text_.size() - position_}; }
  /// The text from an earlier position() to here.
  std::string_view since(std::size_t start) const { return {text_.data() + start, position_ - start}; }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  void advance(std::size_t count) { position_ += count; }
  /// To an earlier position().
  void go_back(std::size_t position) { position_ = position; }
  Error error(Errc code = Errc::syntax) const { return {code, position_, {}}; }

  /// One given character.
  bool literal(char c);
  /// Characters of that class, as many as there are, maybe none.
  std::string_view run(CharacterClass wanted);
  /// SWS: optional linear white space, folds included. (A fold was already checked to be CRLF and SP or
  /// HTAB.)
  void sws() {
    while (!at_end() && is_of(CharacterClass::white, text_[position_])) ++position_;
  }
  /// SWS c SWS: COMMA, SEMI, EQUAL, SLASH, COLON ...
  bool separator(char c);
  /// 1*DIGIT
  std::string_view digits() { return run(CharacterClass::digit); }
  /// token
  std::string_view token() { return run(CharacterClass::token); }
  /// quoted-string without its quotes, escapes left in; none when there is none, it does not end, or it holds
  /// a control character that is not escaped.
  std::optional<std::string_view> quoted_string();
  /// comment, which may hold others, without its outer brackets, escapes left in; none as for
  /// quoted_string().
  std::optional<std::string_view> comment();
  /// host: hostname, IPv4address or IPv6reference (with its brackets; RFC 5954).
  std::string_view host();
  /// Every character up to that one or the end.
  std::string_view until(char stop);

 private:
  /// quoted-pair; false for anything else.
  bool escape();

  std::string_view text_;
  std::size_t position_ = 0;
};

inline bool Scanner::literal(char c) {
  if (at_end() || text_[position_] != c) return false;
  ++position_;
  return true;
}

inline std::string_view Scanner::run(CharacterClass wanted) {
  const std::size_t start = position_;
  position_ += run_of(wanted, rest());
  return since(start);
}

inline bool Scanner::separator(char c) {
  const std::size_t start = position_;
  if (peek() != c) sws();
  if (!literal(c)) {
    position_ = start;
    return false;
  }
  sws();
  return true;
}

inline std::optional<std::string_view> Scanner::quoted_string() {
  const std::size_t start = position_;
  if (!literal('"')) return std::nullopt;
  do run(CharacterClass::quoted_text);
  while (escape());
  const std::string_view inside = since(start + 1);
  if (literal('"')) return inside;
  position_ = start;
  return std::nullopt;
}

inline bool Scanner::escape() {
  // quoted-pair = "\" (%x00-09 / %x0B-0C / %x0E-7F): no CR, no LF.
  const std::string_view pair = rest();
  if (pair.size() < 2 || pair[0] != '\\' || pair[1] == '\r' || pair[1] == '\n') return false;
  position_ += 2;
  return true;
}

inline std::string_view Scanner::host() {
  if (peek() != '[') return run(CharacterClass::host_name);
  const std::size_t start = position_;
  position_ += ipv6_reference_size(rest());
  return since(start);
}

inline std::string_view Scanner::until(char stop) {
  const std::size_t start = position_;
  const std::size_t length = rest().find(stop);
  position_ = length == std::string_view::npos ? text_.size() : position_ + length;
  return since(start);
}

}  // namespace sip
