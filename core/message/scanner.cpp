#include "message/scanner.h"

#include <array>

#include "base/ascii.h"
#include "base/ip_literal.h"

namespace sip {
namespace {

constexpr std::array<bool, 256> make_token_table() {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < 128; ++c) table[c] = is_alphanum(static_cast<char>(c));
  for (char c : std::string_view("-.!%*_+`'~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto token_table = make_token_table();

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
/// What neither qdtext nor LWS is: a control character (25.1). Folds were checked before.
bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && !is_white(c)) || c == 0x7f; }
bool is_hostname_char(char c) { return is_alphanum(c) || c == '-' || c == '.' || c == '_'; }

}  // namespace

bool is_token_char(char c) { return token_table[static_cast<unsigned char>(c)]; }

bool is_token(std::string_view text) {
  for (char c : text)
    if (!is_token_char(c)) return false;
  return !text.empty();
}

bool Scanner::literal(char c) {
  if (at_end() || text_[position_] != c) return false;
  ++position_;
  return true;
}

void Scanner::sws() {
  while (!at_end() && is_white(text_[position_])) ++position_;
}

bool Scanner::separator(char c) {
  const std::size_t start = position_;
  sws();
  if (!literal(c)) {
    position_ = start;
    return false;
  }
  sws();
  return true;
}

std::string_view Scanner::digits() {
  const std::size_t start = position_;
  while (!at_end() && is_digit(text_[position_])) ++position_;
  return since(start);
}

std::string_view Scanner::token() {
  const std::size_t start = position_;
  while (!at_end() && is_token_char(text_[position_])) ++position_;
  return since(start);
}

std::optional<std::string_view> Scanner::quoted_string() {
  if (peek() != '"') return std::nullopt;
  for (std::size_t i = position_ + 1; i < text_.size(); ++i) {
    if (text_[i] == '\\') {
      // quoted-pair = "\" (%x00-09 / %x0B-0C / %x0E-7F): no CR, no LF.
      ++i;
      if (i < text_.size() && (text_[i] == '\r' || text_[i] == '\n')) return std::nullopt;
    } else if (is_control(text_[i])) {
      return std::nullopt;
    } else if (text_[i] == '"') {
      const std::string_view inside = text_.substr(position_ + 1, i - position_ - 1);
      position_ = i + 1;
      return inside;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> Scanner::comment() {
  std::size_t depth = 0;
  for (std::size_t i = position_; i < text_.size(); ++i) {
    if (text_[i] == '\\') {
      ++i;
      if (i < text_.size() && (text_[i] == '\r' || text_[i] == '\n')) return std::nullopt;
    } else if (is_control(text_[i])) {
      return std::nullopt;
    } else if (text_[i] == '(') {
      ++depth;
    } else if (text_[i] == ')' && --depth == 0) {
      const std::string_view inside = text_.substr(position_ + 1, i - position_ - 1);
      position_ = i + 1;
      return inside;
    }
  }
  return std::nullopt;
}

std::string_view Scanner::host() {
  const std::size_t start = position_;
  if (literal('[')) {
    const std::string_view address = until("]");
    if (!parse_ipv6(address) || !literal(']')) position_ = start;
    return since(start);
  }
  while (!at_end() && is_hostname_char(text_[position_])) ++position_;
  return since(start);
}

std::string_view Scanner::until(std::string_view stops) {
  const std::size_t start = position_;
  const std::size_t stop = text_.find_first_of(stops, position_);
  position_ = stop == std::string_view::npos ? text_.size() : stop;
  return since(start);
}

}  // namespace sip
