#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/ascii.h"

namespace sip {

/// The sets of characters that the productions of RFC 3261 25.1 are made of.
enum class CharacterClass : std::uint32_t {
  white = 1U << 0U,         ///< LWS: SP, HTAB and the CR and LF of folds
  digit = 1U << 1U,         ///< DIGIT
  token = 1U << 2U,         ///< token
  host_name = 1U << 3U,     ///< hostname, and the "_" that is found in them
  quoted_text = 1U << 4U,   ///< qdtext and LWS: what stands in a quoted-string without an escape
  comment_text = 1U << 5U,  ///< ctext and LWS: what stands in a comment without an escape
  /// gen-value. Wider than token and host: uri-parameters allow "/", ":", "&", "$", "(" and ")"
  /// (param-unreserved), and RFC 5118 4.5 shows received=2001:db8::1 with and without brackets.
  param_value = 1U << 6U,
  auth_value = 1U << 7U,  ///< of an auth-param: base64 is no token, so "/" and "=" pass as well
  call_id = 1U << 8U,     ///< word, and "@"
  uri = 1U << 9U,         ///< what any URI may hold: no white space, no delimiter of a name-addr
  user = 1U << 10U,       ///< user; "%" as the start of an escape
  password = 1U << 11U,   ///< password; "%" as well
  uri_param = 1U << 12U,  ///< paramchar; "%" as well
  scheme = 1U << 13U,     ///< scheme behind its first letter
  list_text = 1U << 14U,  ///< what can't end a value of a comma-separated list, nor hide a comma
};

namespace character_class {

constexpr bool is_among(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}

constexpr std::uint32_t classes_of(char c) {
  std::uint32_t classes = 0;
  const auto add = [&classes](CharacterClass one, bool is_member) {
    if (is_member) classes |= static_cast<std::uint32_t>(one);
  };
  const auto byte = static_cast<unsigned char>(c);
  const bool is_white = is_among(c, " \t\r\n");
  const bool is_token = is_alphanum(c) || is_among(c, "-.!%*_+`'~");
  const bool is_text = (byte >= 0x20 && byte != 0x7f) || is_white;
  const bool is_unreserved = is_alphanum(c) || is_among(c, "-_.!~*'()");
  add(CharacterClass::white, is_white);
  add(CharacterClass::digit, is_digit(c));
  add(CharacterClass::token, is_token);
  add(CharacterClass::host_name, is_alphanum(c) || is_among(c, "-._"));
  add(CharacterClass::quoted_text, is_text && !is_among(c, "\"\\"));
  add(CharacterClass::comment_text, is_text && !is_among(c, "()\\"));
  add(CharacterClass::param_value, is_token || is_among(c, "[]:/&$()"));
  add(CharacterClass::auth_value, is_token || is_among(c, "/="));
  add(CharacterClass::call_id, is_token || is_among(c, "()<>:\\\"/[]?{}@"));
  add(CharacterClass::uri, byte > 0x20 && byte < 0x7f && !is_among(c, "<>\""));
  add(CharacterClass::list_text, !is_among(c, ",\"<"));
  add(CharacterClass::user, is_unreserved || is_among(c, "&=+$,;?/%"));
  add(CharacterClass::password, is_unreserved || is_among(c, "&=+$,%"));
  add(CharacterClass::scheme, is_alphanum(c) || is_among(c, "+-."));
  add(CharacterClass::uri_param, is_unreserved || is_among(c, "[]/:&+$%"));
  return classes;
}

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) table[byte] = classes_of(static_cast<char>(byte));
  return table;
}
inline constexpr auto table = make_table();

}  // namespace character_class

constexpr bool is_of(CharacterClass wanted, char c) {
  return (character_class::table[static_cast<unsigned char>(c)] & static_cast<unsigned>(wanted)) != 0;
}

/// Whether both are of that class.
constexpr bool are_of(CharacterClass wanted, char a, char b) {
  return (character_class::table[static_cast<unsigned char>(a)] &
          character_class::table[static_cast<unsigned char>(b)] & static_cast<std::uint32_t>(wanted)) != 0;
}

/// How many characters at the start of the text are of that class.
constexpr std::size_t run_of(CharacterClass wanted, std::string_view text) {
  std::size_t length = 0;
  // Two at a time: most of the time that a message takes is spent here.
  for (const std::size_t pairs = text.size() & ~std::size_t{1}; length != pairs; length += 2)
    if (!are_of(wanted, text[length], text[length + 1])) break;
  return length + (length != text.size() && is_of(wanted, text[length]) ? 1 : 0);
}

/// Every character is of that class; true for an empty text.
constexpr bool is_all(CharacterClass wanted, std::string_view text) {
  return run_of(wanted, text) == text.size();
}

constexpr bool is_token(std::string_view text) {
  return !text.empty() && is_all(CharacterClass::token, text);
}

}  // namespace sip
