#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace sip {

/// The header fields of a MIME entity that say what its body is (RFC 2045 3), and the body: the content of a
/// SIP or CPIM message (RFC 3862 2.4), or one part of a multipart. Borrows the text.
struct MimeEntity {
  std::string_view content_type{};  ///< empty where it is not said; folds left in
  std::string_view content_disposition{};
  std::string_view content_encoding{};
  std::string_view content_language{};
  std::string_view content_transfer_encoding{};
  std::string_view body{};

  /// Field names are read without case, lines end with CRLF, and an empty line ends the header.
  /// Content-Length says nothing here: the examples of RFC 5438 have it wrong.
  static Result<MimeEntity> parse(std::string_view text);
  /// Whether a content coding would have to be undone (RFC 3261 20.12); none is known.
  bool is_encoded() const;
};

/// Reads the parts of a multipart body, one by one (RFC 2046 5.1.1).
class MultipartReader {
 public:
  /// The boundary of RFC 2046 5.1.1 has at most this many characters.
  static constexpr std::size_t max_boundary = 70;

  MultipartReader(std::string_view body, std::string_view boundary) : rest_(body), boundary_(boundary) {}

  /// The next part with its header; false at the end. A part that no boundary ends goes to the end of the
  /// body: a multipart may have been cut, or ended by that of another one around it (5.1.2).
  bool next(std::string_view& part);

 private:
  std::size_t find_delimiter(std::size_t from) const;

  std::string_view rest_;
  std::string_view boundary_;
  bool has_begun_ = false;
};

}  // namespace sip
