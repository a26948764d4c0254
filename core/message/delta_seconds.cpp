#include "message/delta_seconds.h"

#include "base/ascii.h"

namespace sip {

std::optional<Seconds> delta_seconds(std::string_view text) {
  const auto seconds = parse_decimal(text, 0xffff'ffff);
  if (!seconds) return std::nullopt;
  return Seconds(static_cast<std::int64_t>(*seconds));
}

std::optional<Seconds> delta_seconds(const MessageView& message, HeaderName name) {
  const auto value = message.value(name);
  return value ? delta_seconds(*value) : std::nullopt;
}

}  // namespace sip
