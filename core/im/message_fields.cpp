#include "im/message_fields.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "base/utf8.h"
#include "message/call_id.h"
#include "message/content_disposition.h"
#include "message/content_language.h"
#include "message/scanner.h"

namespace sip {
namespace {

/// TEXT-UTF8-TRIM (25.1), where folds and the white space around them are one space.
std::optional<std::string> unfolded(std::string_view text) {
  std::string line;
  bool is_after_space = false;
  for (const char c : trim(text)) {
    const bool is_space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!is_space || !is_after_space) line += is_space ? ' ' : c;
    is_after_space = is_space;
  }
  if (!is_utf8(line) || !is_printable(line)) return std::nullopt;
  return line;
}

/// The Call-IDs of a list, which may hold quotes and brackets that mean nothing; none where one is none.
std::optional<std::string> call_ids(std::string_view list) {
  std::string ids;
  for (;;) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view id = trim(list.substr(0, comma));
    if (!is_call_id(id)) return std::nullopt;
    if (!ids.empty()) ids += ", ";
    ids += id;
    if (comma == list.size()) return ids;
    list.remove_prefix(comma + 1);
  }
}

/// The values of every field of that name, in order (7.3.1).
std::string joined(const MessageView& request, HeaderName name) {
  std::string list;
  for (const HeaderField& field : request.fields()) {
    if (field.name != name) continue;
    if (!list.empty()) list += ", ";
    list += field.value;
  }
  return list;
}

}  // namespace

MessageFields MessageFields::of(const MessageView& request) {
  MessageFields fields;
  fields.subject = unfolded(request.value(HeaderName::subject).value_or(std::string_view{})).value_or("");
  fields.in_reply_to = call_ids(joined(request, HeaderName::in_reply_to)).value_or("");
  const std::string_view priority = request.value(HeaderName::priority).value_or(std::string_view{});
  if (is_token(priority)) fields.priority = priority;
  return fields;
}

bool MessageFields::are_valid() const {
  if (!is_utf8(subject)) return false;
  for (const std::string* field :
       {&subject, &in_reply_to, &priority, &content_language, &content_disposition})
    if (!is_printable(*field)) return false;
  if (!in_reply_to.empty() && !call_ids(in_reply_to)) return false;
  if (!priority.empty() && !is_token(priority)) return false;
  if (!content_language.empty() && !sip::content_language(content_language)) return false;
  return content_disposition.empty() || ContentDisposition::parse(content_disposition);
}

}  // namespace sip
