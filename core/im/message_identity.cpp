#include "im/message_identity.h"

#include "base/sha256.h"

namespace sip {

MessageIdentity MessageIdentity::of(const MessageView& request, const MandatoryHeaders& headers,
                                    std::string_view text) {
  const std::string call = std::string(headers.call_id) + "\n" + std::string(headers.from.tag()) + "\n";
  const std::string number = call + std::to_string(headers.cseq.number);
  const std::string_view to_tag = headers.to.tag();
  if (!to_tag.empty()) return {.key = number + "\n" + std::string(to_tag)};
  const std::string with_date = number + "\ndated";
  const auto date = request.value(HeaderName::date);
  if (!date) return {.key = number, .other = with_date};
  return {.key = call + std::string(*date) + "\n" + sha256_hex(text), .alias = with_date, .other = number};
}

}  // namespace sip
