#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace sip {

/// Reads a text from left to right, one production of RFC 3261 section 25.1 a function. Borrows the text.
/// A function that finds its production moves past it; one that does not leaves the position unchanged.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return position_ == text_.size(); }
  std::size_t position() const { return position_; }
  std::string_view rest() const { return text_.substr(position_); }
  /// The text from an earlier position() to here.
  std::string_view since(std::size_t start) const { return text_.substr(start, position_ - start); }
  char peek() const { return at_end() ? '\0' : text_[position_]; }
  void advance(std::size_t count) { position_ += count; }
  Error error(Errc code = Errc::syntax) const { return {code, position_, {}}; }

  /// One given character.
  bool literal(char c);
  /// SWS: optional linear white space, folds included. (A fold was already checked to be CRLF and SP or
  /// HTAB.)
  void sws();
  /// SWS c SWS: COMMA, SEMI, EQUAL, SLASH, COLON ...
  bool separator(char c);
  /// 1*DIGIT
  std::string_view digits();
  /// token
  std::string_view token();
  /// quoted-string without its quotes, escapes left in; none when there is none, it does not end, or it holds
  /// a control character that is not escaped.
  std::optional<std::string_view> quoted_string();
  /// comment, which may hold others, without its outer brackets, escapes left in; none as for
  /// quoted_string().
  std::optional<std::string_view> comment();
  /// host: hostname, IPv4address or IPv6reference (with its brackets; RFC 5954).
  std::string_view host();
  /// Every character up to one of `stops` or the end.
  std::string_view until(std::string_view stops);

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

bool is_token_char(char c);
bool is_token(std::string_view text);

}  // namespace sip
