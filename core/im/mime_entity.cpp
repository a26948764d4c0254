#include "im/mime_entity.h"

#include "base/ascii.h"
#include "message/scanner.h"

namespace sip {
namespace {

bool is_fold(std::string_view text, std::size_t at) {
  return at < text.size() && (text[at] == ' ' || text[at] == '\t');
}

std::string_view* field_of(MimeEntity& entity, std::string_view name) {
  if (equal_ignoring_case(name, "Content-Type")) return &entity.content_type;
  if (equal_ignoring_case(name, "Content-Disposition")) return &entity.content_disposition;
  if (equal_ignoring_case(name, "Content-Encoding")) return &entity.content_encoding;
  if (equal_ignoring_case(name, "Content-Language")) return &entity.content_language;
  const bool is_transfer_encoding = equal_ignoring_case(name, "Content-Transfer-Encoding");
  return is_transfer_encoding ? &entity.content_transfer_encoding : nullptr;
}

/// Whether a delimiter line goes on so behind its hyphens: the boundary, "--" behind the last part, and white
/// space that a transport added. One whose boundary only begins so belongs to another multipart.
bool is_delimiter(std::string_view text, std::string_view boundary) {
  if (text.substr(0, boundary.size()) != boundary) return false;
  text.remove_prefix(boundary.size());
  if (text.substr(0, 2) == "--") text.remove_prefix(2);
  const std::size_t end = text.find_first_not_of(" \t");
  return end == std::string_view::npos || text.substr(end, 2) == "\r\n";
}

}  // namespace

Result<MimeEntity> MimeEntity::parse(std::string_view text) {
  MimeEntity entity;
  std::size_t position = 0;
  while (text.substr(position, 2) != "\r\n") {
    std::size_t end = text.find("\r\n", position);
    while (end != std::string_view::npos && is_fold(text, end + 2)) end = text.find("\r\n", end + 2);
    if (end == std::string_view::npos) return Error{Errc::truncated, position, "MIME header"};
    const std::string_view line = text.substr(position, end - position);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
      return Error{Errc::syntax, position, "MIME header"};
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (std::string_view* field = field_of(entity, name)) *field = value;
    position = end + 2;
  }
  entity.body = text.substr(position + 2);
  return entity;
}

bool MimeEntity::is_encoded() const {
  return !content_encoding.empty() && !equal_ignoring_case(content_encoding, "identity");
}

/// Where the next delimiter line begins.
std::size_t MultipartReader::find_delimiter(std::size_t from) const {
  for (std::size_t at = rest_.find("--", from); at != std::string_view::npos; at = rest_.find("--", at + 1)) {
    const bool begins_line = at == 0 || (at >= 2 && rest_.substr(at - 2, 2) == "\r\n");
    if (begins_line && is_delimiter(rest_.substr(at + 2), boundary_)) return at;
  }
  return std::string_view::npos;
}

bool MultipartReader::next(std::string_view& part) {
  if (boundary_.empty() || boundary_.size() > max_boundary) return false;
  if (!has_begun_) {
    has_begun_ = true;
    const std::size_t first = find_delimiter(0);  // what stands before is the preamble
    rest_ = first == std::string_view::npos ? std::string_view{} : rest_.substr(first);
  }
  const std::size_t line = 2 + boundary_.size();
  if (rest_.size() <= line || rest_.substr(line, 2) == "--") return false;
  const std::size_t start = rest_.find("\r\n", line);
  if (start == std::string_view::npos) return false;
  const std::size_t end = find_delimiter(start);
  if (end == std::string_view::npos) {
    part = rest_.substr(start + 2);
    rest_ = {};
    return !part.empty();
  }
  // The CRLF before the delimiter belongs to it. An empty part's only one is that behind the last delimiter.
  part = end >= start + 4 ? rest_.substr(start + 2, end - start - 4) : std::string_view{};
  rest_ = rest_.substr(end);
  return true;
}

}  // namespace sip
