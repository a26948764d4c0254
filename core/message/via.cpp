#include "message/via.h"

#include "base/ascii.h"
#include "message/scanner.h"

namespace sip {
namespace {

/// protocol-name SLASH protocol-version SLASH
bool read_protocol(Scanner& scanner) {
  constexpr std::string_view usual = "SIP/2.0/";
  if (scanner.rest().starts_with(usual)) {
    scanner.advance(usual.size());
    scanner.sws();
    return true;
  }
  // protocol-version is a token: a request of another version must still find its way back with a 505.
  return equal_ignoring_case(scanner.token(), "SIP") && scanner.separator('/') && !scanner.token().empty() &&
         scanner.separator('/');
}

}  // namespace

Result<Via> Via::parse(std::string_view value) {
  Result<Via> via(std::in_place);
  if (const auto error = via->read(value)) via = *error;
  return via;
}

std::optional<Error> Via::read(std::string_view value) {
  Scanner scanner(value);
  scanner.sws();
  if (!read_protocol(scanner)) return scanner.error();
  transport = scanner.token();
  const std::size_t before_space = scanner.position();
  scanner.sws();
  if (transport.empty() || scanner.position() == before_space) return scanner.error();
  host = scanner.host();
  if (host.empty()) return scanner.error();
  if (scanner.separator(':')) {
    const auto number = parse_decimal(scanner.digits(), 65535);
    if (!number) return scanner.error(Errc::out_of_range);
    port = static_cast<std::uint16_t>(*number);
  }
  bool has_branch = false;
  return params.read_to_end(scanner, [&](const Param& param) {
    if (has_branch || !equal_ignoring_case(param.name, "branch")) return;
    branch_ = param.value.value_or(std::string_view{});
    has_branch = true;
  });
}

}  // namespace sip
