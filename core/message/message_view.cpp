#include "message/message_view.h"

#include <algorithm>

#include "base/ascii.h"
#include "message/scanner.h"

namespace sip {
namespace {

constexpr std::string_view crlf = "\r\n";

/// Whether a line that ends there goes on behind its CRLF (7.3.1: it is folded).
bool is_fold(std::string_view text, std::size_t line_feed) {
  const std::size_t next = line_feed + 1;
  return next < text.size() && (text[next] == ' ' || text[next] == '\t');
}

/// CR and LF may stand only in folds.
bool has_stray_line_end(std::string_view line) {
  for (std::size_t i = std::min(line.find('\r'), line.find('\n')); i < line.size(); ++i) {
    if (line[i] == '\n') return true;
    if (line[i] != '\r') continue;
    if (i + 1 == line.size() || line[i + 1] != '\n' || !is_fold(line, i + 1)) return true;
    i += 2;
  }
  return false;
}

/// The line at the start of a text, folds included.
struct Line {
  std::size_t length = std::string_view::npos;  ///< without its CRLF; npos when it does not end
  bool has_stray_line_end = false;
};

Line first_line(std::string_view text) {
  const std::size_t end = text.find('\r');
  // Most lines hold no other CR and LF than their last.
  if (text.substr(std::min(end, text.size())).starts_with(crlf) && !is_fold(text, end + 1) &&
      text.substr(0, end).find('\n') == std::string_view::npos)
    return {end, false};
  for (std::size_t line_feed = text.find('\n'); line_feed != std::string_view::npos;
       line_feed = text.find('\n', line_feed + 1))
    if (line_feed > 0 && text[line_feed - 1] == '\r' && !is_fold(text, line_feed))
      return {line_feed - 1, has_stray_line_end(text.substr(0, line_feed - 1))};
  return {};
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// A line without a name is kept with an empty one.
HeaderField split_field(std::string_view text, Line line) {
  HeaderField field;
  field.line = text.substr(0, line.length + 2);
  field.value = text.substr(0, line.length);
  const std::size_t colon = field.value.find(':');
  if (colon == std::string_view::npos || line.has_stray_line_end) return field;
  // HCOLON lets white space stand before the colon.
  const std::string_view name = trim_end(field.value.substr(0, colon));
  field.name = header_name(name);
  // Every known name is a token.
  if (field.name == HeaderName::other && !is_token(name)) return field;
  field.name_text = name;
  field.value = trim(field.value.substr(colon + 1));
  return field;
}

}  // namespace

Result<MessageView> MessageView::parse(std::string_view text) { return parse(text, Keep::every_field); }

Result<MessageView> MessageView::parse_overlarge(std::string_view text) {
  return parse(text, Keep::what_a_response_copies);
}

Result<MessageView> MessageView::parse(std::string_view text, Keep keep) {
  // 7.5: CRLF before the start line is ignored.
  while (text.starts_with(crlf)) text.remove_prefix(2);
  Result<MessageView> message = MessageView(text);
  if (const auto error = message->read(keep)) message = *error;
  return message;
}

std::optional<Error> MessageView::read(Keep keep) {
  if (keep == Keep::every_field && text_.size() > max_message_size)
    return Error{Errc::too_large, max_message_size, "message"};
  const std::size_t line_end = text_.find(crlf);
  if (line_end == std::string_view::npos) return Error{Errc::truncated, text_.size(), "start line"};
  if (auto error = parse_start_line(text_.substr(0, line_end))) return error;

  std::string_view rest = text_.substr(line_end + 2);
  const auto too_large = [&](std::string_view what) {
    return Error{Errc::too_large, text_.size() - rest.size(), what};
  };
  // A datagram that ends behind a whole header field lacks only the empty line: it can still be answered.
  while (!rest.empty() && !rest.starts_with(crlf)) {
    const Line line = first_line(rest);
    if (line.length == std::string_view::npos) return Error{Errc::truncated, text_.size(), "header fields"};
    if (fields_.is_full()) return too_large("header fields");
    const HeaderField field = split_field(rest, line);
    if (keep == Keep::every_field || is_copied_into_responses(field.name)) {
      if (field.line.size() > max_header_field_size) return too_large("header field");
      fields_.append(field);
    }
    rest.remove_prefix(line.length + 2);
  }
  if (keep == Keep::every_field) body_ = rest.substr(std::min(crlf.size(), rest.size()));
  return std::nullopt;
}

std::optional<Error> MessageView::parse_start_line(std::string_view line) {
  const auto bad = [](std::size_t offset) { return Error{Errc::bad_start_line, offset, "start line"}; };
  if (has_stray_line_end(line)) return bad(0);
  if (line.size() >= 4 && equal_ignoring_case(line.substr(0, 4), "SIP/")) {
    // 7.2: SIP-Version SP Status-Code SP Reason-Phrase
    if (line.size() < 12 || !equal_ignoring_case(line.substr(0, 8), "SIP/2.0 ")) return bad(4);
    const auto status = parse_decimal(line.substr(8, 3), 699);
    if (!status || *status < 100 || line[11] != ' ') return bad(8);
    version_ = line.substr(0, 7);
    status_ = static_cast<int>(*status);
    reason_ = line.substr(12);
    return std::nullopt;
  }
  // 7.1: Method SP Request-URI SP SIP-Version. What stands between the outer spaces is judged as a URI later,
  // so that a malformed one can still be answered.
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) return bad(0);
  method_ = line.substr(0, first);
  request_uri_ = line.substr(first + 1, last - first - 1);
  version_ = line.substr(last + 1);
  if (version_.empty()) {
    // RFC 4475 3.1.2.15: spaces behind the version. They stay in the URI, which makes it malformed.
    version_ = trim(request_uri_.substr(request_uri_.find(' ') + 1));
    request_uri_ = line.substr(first + 1);
    if (version_.find(' ') != std::string_view::npos) return bad(last);
  }
  if (!is_token(method_)) return bad(0);
  if (version_.size() < 4 || !equal_ignoring_case(version_.substr(0, 4), "SIP/")) return bad(last);
  return std::nullopt;
}

std::optional<std::string_view> MessageView::value(HeaderName name) const {
  for (const HeaderField& field : fields())
    if (field.name == name) return field.value;
  return std::nullopt;
}

std::size_t MessageView::count(HeaderName name) const {
  std::size_t count = 0;
  for (const HeaderField& field : fields()) count += field.name == name ? 1 : 0;
  return count;
}

std::optional<Error> MessageView::trim_body(Framing framing) {
  std::optional<std::uint64_t> length;
  for (const HeaderField& field : fields()) {
    if (field.name != HeaderName::content_length) continue;
    const auto value = parse_decimal(field.value, max_message_size);
    if (!value && is_number(field.value)) return Error{Errc::too_large, 0, "Content-Length"};
    if (!value || (length && *length != *value)) return Error{Errc::bad_header, 0, "Content-Length"};
    length = value;
  }
  if (!length) return std::nullopt;
  const std::size_t header_size = text_.size() - body_.size();
  if (header_size + *length > max_message_size) return Error{Errc::too_large, 0, "Content-Length"};
  const bool too_few = body_.size() < *length;
  const bool too_many = body_.size() > *length && framing == Framing::exact;
  if (too_few || too_many) return Error{Errc::bad_length, text_.size(), "Content-Length"};
  body_ = body_.substr(0, static_cast<std::size_t>(*length));
  return std::nullopt;
}

std::string_view take_first_of_several(std::string_view& list) {
  Scanner scanner(list);
  while (!scanner.at_end() && scanner.peek() != ',') {
    if (scanner.literal('<')) scanner.until('>');
    // One that does not end, or must not stand there, is judged with the value.
    if (!scanner.quoted_string() && scanner.run(CharacterClass::list_text).empty() && !scanner.at_end())
      scanner.advance(1);
  }
  const std::string_view value = trim(scanner.since(0));
  scanner.literal(',');
  list = trim(scanner.rest());
  return value;
}

std::optional<std::string_view> ValueReader::next() {
  while (rest_.empty()) {
    while (!fields_.empty() && fields_.front().name != name_) fields_ = fields_.subspan(1);
    if (fields_.empty()) return std::nullopt;
    rest_ = fields_.front().value;
    fields_ = fields_.subspan(1);
    if (rest_.empty()) return rest_;
  }
  return take_value(rest_);
}

}  // namespace sip
