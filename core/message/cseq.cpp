#include "message/cseq.h"

#include "base/ascii.h"
#include "message/scanner.h"

namespace sip {

Result<CSeq> CSeq::parse(std::string_view value) {
  Result<CSeq> cseq(std::in_place);
  if (const auto error = cseq->read(value)) cseq = *error;
  return cseq;
}

std::optional<Error> CSeq::read(std::string_view value) {
  Scanner scanner(value);
  scanner.sws();
  // 8.1.1.5: the number is less than 2**31.
  const auto whole = parse_decimal(scanner.digits(), 0x7fffffff);
  if (!whole) return scanner.error(Errc::out_of_range);
  number = static_cast<std::uint32_t>(*whole);
  const std::size_t before_space = scanner.position();
  scanner.sws();
  if (scanner.position() == before_space) return scanner.error();
  method = scanner.token();
  scanner.sws();
  if (method.empty() || !scanner.at_end()) return scanner.error();
  return std::nullopt;
}

}  // namespace sip
