#include "message/media_type.h"

#include "base/ascii.h"
#include "message/scanner.h"

namespace sip {

Result<MediaType> MediaType::parse(std::string_view value) {
  MediaType media;
  Scanner scanner(value);
  scanner.sws();
  media.type = scanner.token();
  if (media.type.empty() || !scanner.separator('/')) return scanner.error();
  media.subtype = scanner.token();
  if (media.subtype.empty()) return scanner.error();
  if (const auto error = media.params.read_to_end(scanner)) return *error;
  return media;
}

bool MediaType::is(std::string_view type_wanted, std::string_view subtype_wanted) const {
  return equal_ignoring_case(type, type_wanted) && equal_ignoring_case(subtype, subtype_wanted);
}

}  // namespace sip
