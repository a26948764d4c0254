#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "message/scanner.h"

namespace sip {

/// One generic-param (RFC 3261 25.1). A quoted value is given without its quotes.
struct Param {
  std::string_view name;
  std::optional<std::string_view> value;
};

/// uri-parameters allow more characters in their names, and % starts an escape in them alone.
enum class ParamGrammar : std::uint8_t { generic, uri };

/// One parameter behind its ';'. A value may be a token, a host (IPv6 with brackets included) or quoted.
inline std::optional<Error> read_param(Scanner& scanner, ParamGrammar grammar, Param& param) {
  param.name = grammar == ParamGrammar::uri ? scanner.run(CharacterClass::param_value) : scanner.token();
  if (param.name.empty()) return scanner.error();
  if (!scanner.separator('=')) return std::nullopt;
  if (scanner.peek() == '"') {
    param.value = scanner.quoted_string();
    if (!param.value) return scanner.error(Errc::truncated);
    return std::nullopt;
  }
  param.value = scanner.run(CharacterClass::param_value);
  if (param.value->empty()) return scanner.error();
  return std::nullopt;
}

/// *( SEMI generic-param ), known to be well-formed, read on demand.
class Params {
 public:
  Params() = default;
  /// Reads parameters up to the end of the text; white space may follow them.
  std::optional<Error> read_to_end(Scanner scanner) {
    return read_to_end(scanner, [](const Param&) {});
  }
  /// The same, and hands over each of them.
  template <class Take>
  std::optional<Error> read_to_end(Scanner scanner, Take take);
  /// The uri-parameters of a URI that is already known to be well-formed.
  static Params uri_params(std::string_view text) {
    Params params;
    params.text_ = text;
    params.grammar_ = ParamGrammar::uri;
    return params;
  }

  /// The first parameter of that name, without case; for a URI's, "%6c%72" is a way to write "lr" in either
  /// (RFC 4475 3.1.1.3).
  std::optional<Param> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  /// Value of the first parameter of that name; none when absent or without a value.
  std::optional<std::string_view> value(std::string_view name) const;
  /// As written, from the first ';' on.
  std::string_view text() const { return text_; }
  ParamGrammar grammar() const { return grammar_; }

 private:
  std::string_view text_;
  ParamGrammar grammar_ = ParamGrammar::generic;
};

template <class Take>
std::optional<Error> Params::read_to_end(Scanner scanner, Take take) {
  const std::size_t start = scanner.position();
  while (scanner.separator(';')) {
    Param param;
    if (auto error = read_param(scanner, ParamGrammar::generic, param)) return error;
    take(param);
  }
  text_ = scanner.since(start);
  scanner.sws();
  if (!scanner.at_end()) return scanner.error();
  return std::nullopt;
}

/// Reads parameters one by one, in order.
class ParamReader {
 public:
  explicit ParamReader(const Params& params) : scanner_(params.text()), grammar_(params.grammar()) {}
  std::optional<Param> next();

 private:
  Scanner scanner_;
  ParamGrammar grammar_;
};

}  // namespace sip
