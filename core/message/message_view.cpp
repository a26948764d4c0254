#include "message/message_view.h"

#include <algorithm>

#include "base/ascii.h"
#include "message/scanner.h"

namespace sip {
namespace {

constexpr std::string_view crlf = "\r\n";

/// The length of the line at the start of `text`, folds included, without its CRLF; npos when it does not
/// end.
std::size_t folded_line_length(std::string_view text) {
  std::size_t end = text.find(crlf);
  // 7.3.1: a line that starts with white space continues the one before.
  while (end != std::string_view::npos && end + 2 < text.size() &&
         (text[end + 2] == ' ' || text[end + 2] == '\t'))
    end = text.find(crlf, end + 2);
  return end;
}

/// CR and LF may stand only in folds.
bool has_stray_line_end(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\n') return true;
    if (line[i] != '\r') continue;
    const std::string_view rest = line.substr(i);
    if (rest.size() < 3 || rest[1] != '\n' || (rest[2] != ' ' && rest[2] != '\t')) return true;
    i += 2;
  }
  return false;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// HCOLON lets white space stand before the colon. A line without a name is kept with an empty one.
HeaderField split_field(std::string_view line) {
  HeaderField field;
  const std::size_t colon = line.find(':');
  const std::string_view name =
      colon == std::string_view::npos ? std::string_view{} : trim(line.substr(0, colon));
  if (!is_token(name) || !is_token_char(line[0]) || has_stray_line_end(line)) {
    field.value = line;
    return field;
  }
  field.name_text = name;
  field.name = header_name(name);
  field.value = trim(line.substr(colon + 1));
  return field;
}

}  // namespace

Result<MessageView> MessageView::parse(std::string_view text) {
  // 7.5: CRLF before the start line is ignored.
  while (text.starts_with(crlf)) text.remove_prefix(2);
  if (text.size() > max_message_size) return Error{Errc::too_large, max_message_size, "message"};
  return read(text, Keep::every_field);
}

Result<MessageView> MessageView::parse_overlarge(std::string_view text) {
  while (text.starts_with(crlf)) text.remove_prefix(2);
  auto message = read(text, Keep::what_a_response_copies);
  if (message) message->body_ = {};
  return message;
}

Result<MessageView> MessageView::read(std::string_view text, Keep keep) {
  MessageView message;
  message.text_ = text;
  const std::size_t line_end = text.find(crlf);
  if (line_end == std::string_view::npos) return Error{Errc::truncated, text.size(), "start line"};
  if (const auto error = message.parse_start_line(text.substr(0, line_end))) return *error;

  std::size_t position = line_end + 2;
  // A datagram that ends behind a whole header field lacks only the empty line: it can still be answered.
  while (position < text.size() && !text.substr(position).starts_with(crlf)) {
    const std::string_view rest = text.substr(position);
    const std::size_t length = folded_line_length(rest);
    if (length == std::string_view::npos) return Error{Errc::truncated, text.size(), "header fields"};
    if (const auto error = message.parse_field(rest.substr(0, length + 2), position, keep)) return *error;
    position += length + 2;
  }
  message.body_ = text.substr(std::min(position + 2, text.size()));
  return message;
}

/// One field with its CRLF, at that place of the message.
std::optional<Error> MessageView::parse_field(std::string_view line, std::size_t position, Keep keep) {
  HeaderField field = split_field(line.substr(0, line.size() - 2));
  field.line = line;
  if (keep == Keep::what_a_response_copies && !is_copied_into_responses(field.name)) return std::nullopt;
  if (line.size() > max_header_field_size) return Error{Errc::too_large, position, "header field"};
  if (count_ == max_header_fields) return Error{Errc::too_large, position, "header fields"};
  fields_[count_++] = field;
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

std::string_view take_value(std::string_view& list) {
  bool in_quotes = false;
  bool in_brackets = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const char c = list[i];
    if (in_quotes) {
      if (c == '\\') ++i;
      if (c == '"') in_quotes = false;
    } else if (c == '"') {
      in_quotes = true;
    } else if (c == '<') {
      in_brackets = true;
    } else if (c == '>') {
      in_brackets = false;
    } else if (c == ',' && !in_brackets) {
      const std::string_view value = trim(list.substr(0, i));
      list = trim(list.substr(i + 1));
      return value;
    }
  }
  const std::string_view value = trim(list);
  list = {};
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
