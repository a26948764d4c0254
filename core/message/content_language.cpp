#include "message/content_language.h"

#include "base/ascii.h"
#include "message/message_view.h"

namespace sip {
namespace {

/// Subtags of one to eight characters between hyphens, the first of letters.
bool is_language_tag(std::string_view tag) {
  std::size_t length = 0;
  bool is_primary = true;
  for (const char c : tag) {
    if (c == '-') {
      if (length == 0) return false;
      length = 0;
      is_primary = false;
    } else if (++length > 8 || !(is_primary ? is_alpha(c) : is_alphanum(c))) {
      return false;
    }
  }
  return length > 0;
}

}  // namespace

std::optional<std::string> content_language(std::string_view value) {
  std::string tags;
  do {
    const std::string_view tag = trim(take_value(value));
    if (!is_language_tag(tag)) return std::nullopt;
    if (!tags.empty()) tags += ", ";
    tags += tag;
  } while (!value.empty());
  return tags;
}

}  // namespace sip
