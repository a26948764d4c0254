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
  const auto params = Params::parse(scanner);
  if (!params) return params.error();
  scanner.sws();
  if (!scanner.at_end()) return scanner.error();
  disposition.params = *params;
  if (equal_ignoring_case(params->value("handling").value_or(std::string_view{}), "optional"))
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
