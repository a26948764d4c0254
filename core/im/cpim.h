#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "im/mime_entity.h"

namespace sip {

/// The namespace of From, To, cc, DateTime, Subject, NS and Require, and the default one (RFC 3862 4, 6).
inline constexpr std::string_view cpim_namespace = "urn:ietf:params:cpim-headers:";
/// That of Message-ID, Disposition-Notification, Original-To and the routes (RFC 5438 6.1).
inline constexpr std::string_view imdn_namespace = "urn:ietf:params:imdn";

/// One header of a message/cpim body.
struct CpimHeader {
  std::string_view namespace_uri;  ///< empty where its prefix was not declared (3.4): to be ignored
  std::string_view name;           ///< without prefix; case counts (2.2)
  std::string_view parameters;     ///< from the first ';' on, e.g. ";lang=fr" (3.3)
  std::string_view value;          ///< escapes left in

  /// The language tag of the value (3.3); empty where it is not said.
  std::string_view language() const;
};

/// A message/cpim body (RFC 3862): headers about the message, and the MIME entity that it is. Borrows the
/// text.
struct Cpim {
  /// More than any sane message carries. The RFC asks for no limit on the length of a line, and there is
  /// none.
  static constexpr std::size_t max_headers = 64;

  std::vector<CpimHeader> headers;
  MimeEntity content;

  static Result<Cpim> parse(std::string_view text);

  /// The first header of that name.
  const CpimHeader* find(std::string_view namespace_uri, std::string_view name) const;
  /// Its value, escapes left in.
  std::optional<std::string_view> value(std::string_view namespace_uri, std::string_view name) const;
  bool has(std::string_view namespace_uri, std::string_view name) const;
  /// Whether a Require header names something that is not known here (3.5): then it must not be taken for
  /// understood.
  bool requires_unknown() const;
};

/// [ Formal-name ] "<" URI ">", as in From and To (4.1). Borrows the text.
struct CpimAddress {
  std::string_view formal_name;  ///< as written, a String without its quotes; may be empty
  std::string_view uri;          ///< escapes left in

  static Result<CpimAddress> parse(std::string_view value);
};

/// A header's value with its escapes undone (2.3). UTF-16 surrogates that stand in pairs are one character,
/// others become U+FFFD.
std::string cpim_unescaped(std::string_view value);

/// Text as it may stand in a header: control characters and the backslash escaped (2.3.1).
std::string cpim_escaped(std::string_view text);

/// Writes a message/cpim body.
class CpimWriter {
 public:
  /// The language tag of the text is left out when empty (3.3).
  CpimWriter& header(std::string_view name, std::string_view text, std::string_view language = {});
  /// Formal-name and URI; the name is left out when empty.
  CpimWriter& address(std::string_view name, std::string_view formal_name, std::string_view uri);
  /// Declares a prefix for the headers behind it (4.6).
  CpimWriter& declare(std::string_view prefix, std::string_view namespace_uri);
  /// What of the content's header is empty is left out. The writer is empty afterwards.
  std::string finish(const MimeEntity& content);

 private:
  std::string text_;
};

}  // namespace sip
