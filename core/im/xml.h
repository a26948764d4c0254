#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sip {

struct XmlAttribute {
  std::string_view name;  ///< as written, prefix included
  std::string value;      ///< references undone, white space turned into spaces (XML 1.0 3.3.3)
};

/// What an XmlReader found next.
struct XmlToken {
  enum class Kind : std::uint8_t { start, text, end, done };
  Kind kind = Kind::done;
  std::string_view name;                 ///< of start and end: the local part
  std::string namespace_uri;             ///< of start and end; empty for none
  std::vector<XmlAttribute> attributes;  ///< of start
  std::string text;                      ///< character data, references undone, line ends as LF
};

/// Pulls the elements and the text out of one small document of XML 1.0 with namespaces, in UTF-8. Comments
/// and processing instructions are left out. A document type declaration is refused: what comes from others
/// defines no entities here. Borrows the document.
class XmlReader {
 public:
  /// A notification has some 500 bytes; what has more than this is none.
  static constexpr std::size_t max_document = 16 * 1024;
  /// IMDN and isComposing nest four elements; extensions may bring some more.
  static constexpr std::size_t max_depth = 16;
  /// Of one element, declarations of namespaces included.
  static constexpr std::size_t max_attributes = 16;

  explicit XmlReader(std::string_view document) : text_(document) {}

  /// `done` once the root element has ended and nothing but comments followed; it stays so.
  Result<XmlToken> next();
  /// To be called behind a start: reads up to the element's end and gives its own text, without the white
  /// space around it; that of elements inside is left out.
  Result<std::string> rest_of_element();

 private:
  struct Binding {
    std::string_view prefix;
    std::string uri;
    std::size_t depth;
  };
  bool at(std::string_view what) const { return text_.substr(position_, what.size()) == what; }
  bool take(std::string_view what);
  void skip_white();
  Error error(Errc code = Errc::syntax) const { return {code, position_, "XML"}; }
  std::optional<Error> begin();
  std::optional<Error> skip_past(std::string_view end, std::string_view forbidden);
  std::optional<Error> read_declaration();
  std::optional<Error> append_until(std::string_view stops, std::string& out);
  std::optional<Error> append_reference(std::string& out);
  Result<XmlToken> read_text();
  Result<XmlToken> read_start();
  Result<XmlToken> read_end();
  Result<XmlAttribute> read_attribute();
  std::optional<Error> bind(const XmlAttribute& attribute);
  std::optional<Error> resolve(std::string_view qualified, XmlToken& token) const;
  XmlToken leave();
  std::string_view read_name();

  std::string_view text_;
  std::size_t position_ = 0;
  std::vector<std::string_view> open_;  ///< the elements around, as written
  std::vector<Binding> bindings_;
  bool has_begun_ = false;
  bool has_root_ = false;
  bool is_empty_element_ = false;  ///< its end is still to be told
};

/// Text as character data or as an attribute's value between double quotes. What XML cannot hold at all,
/// control characters, is left out.
std::string xml_escaped(std::string_view text);

}  // namespace sip
