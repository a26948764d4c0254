#include "transaction/stateless_uas.h"

#include "base/sha256.h"
#include "message/message.h"

namespace sip {

namespace {

constexpr std::size_t tag_length = 10;  // 19.3: 32 bits of chance at least; these are 40

}  // namespace

std::optional<std::string> StatelessUas::respond(const MessageView& request, int status,
                                                 std::string_view reason, const Fields& fields) const {
  if (!request.is_request() || request.method() == "ACK") return std::nullopt;
  if (request.count(HeaderName::via) == 0) return std::nullopt;
  Message response = Message::response_to(request, status, tag(request), reason);
  for (const auto& [name, value] : fields) response.add(name, value);
  return response.finish();
}

/// 8.2.7: the same request gets the same tag.
std::string StatelessUas::tag(const MessageView& request) const {
  std::string text = key_;
  for (const HeaderField& field : request.fields())
    if (is_copied_into_responses(field.name)) text.append("\n").append(field.value);
  return sha256_hex(text).substr(0, tag_length);
}

}  // namespace sip
