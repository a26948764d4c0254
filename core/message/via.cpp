#include "message/via.h"

#include "base/ascii.h"
#include "message/scanner.h"

namespace sip {

Result<Via> Via::parse(std::string_view value) {
  Via via;
  Scanner scanner(value);
  scanner.sws();
  if (!equal_ignoring_case(scanner.token(), "SIP") || !scanner.separator('/')) return scanner.error();
  // protocol-version is a token: a request of another version must still find its way back with a 505.
  if (scanner.token().empty() || !scanner.separator('/')) return scanner.error();
  via.transport = scanner.token();
  const std::size_t before_space = scanner.position();
  scanner.sws();
  if (via.transport.empty() || scanner.position() == before_space) return scanner.error();
  via.host = scanner.host();
  if (via.host.empty()) return scanner.error();
  if (scanner.separator(':')) {
    const auto port = parse_decimal(scanner.digits(), 65535);
    if (!port) return scanner.error(Errc::out_of_range);
    via.port = static_cast<std::uint16_t>(*port);
  }
  const auto params = Params::parse(scanner);
  if (!params) return params.error();
  via.params = *params;
  scanner.sws();
  if (!scanner.at_end()) return scanner.error();
  return via;
}

}  // namespace sip
