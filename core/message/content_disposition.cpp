#include "message/content_disposition.h"

#include "base/ascii.h"
#include "message/scanner.h"

namespace sip {

Result<ContentDisposition> ContentDisposition::parse(std::string_view value) {
  ContentDisposition disposition;
  Scanner scanner(value);
  scanner.sws();
  disposition.type = scanner.token();
  if (disposition.type.empty()) return scanner.error();
  if (const auto error = disposition.params.read_to_end(scanner)) return *error;
  if (equal_ignoring_case(disposition.params.value("handling").value_or(std::string_view{}), "optional"))
    disposition.handling = Handling::optional;
  return disposition;
}

ContentDisposition ContentDisposition::parse_or_default(std::string_view value) {
  const auto disposition = parse(value);
  return disposition ? *disposition : ContentDisposition{};
}

bool ContentDisposition::is(std::string_view type_wanted) const {
  return equal_ignoring_case(type, type_wanted);
}

}  // namespace sip
