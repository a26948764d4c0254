#include "message/cseq.h"

#include "base/ascii.h"
#include "message/scanner.h"

namespace sip {

Result<CSeq> CSeq::parse(std::string_view value) {
  Scanner scanner(value);
  scanner.sws();
  // 8.1.1.5: the number is less than 2**31.
  const auto number = parse_decimal(scanner.digits(), 0x7fffffff);
  if (!number) return scanner.error(Errc::out_of_range);
  const std::size_t before_space = scanner.position();
  scanner.sws();
  if (scanner.position() == before_space) return scanner.error();
  const std::string_view method = scanner.token();
  scanner.sws();
  if (method.empty() || !scanner.at_end()) return scanner.error();
  return CSeq{static_cast<std::uint32_t>(*number), method};
}

}  // namespace sip
