#include "logic/payload.h"

#include <utility>

#include "message/media_type.h"

namespace relay {

using namespace sip;

Payload Payload::of(const MessageView& message) {
  const auto value = [&](HeaderName name) { return message.value(name).value_or(std::string_view{}); };
  Payload payload{std::nullopt,
                  {.content_type = value(HeaderName::content_type),
                   .content_encoding = value(HeaderName::content_encoding),
                   .body = message.body()}};
  if (!payload.is("message", "cpim") || payload.content.is_encoded()) return payload;
  auto cpim = Cpim::parse(message.body());
  if (!cpim) return payload;
  payload.content = cpim->content;
  payload.cpim = std::move(*cpim);
  return payload;
}

bool Payload::is(std::string_view type, std::string_view subtype) const {
  const auto media = MediaType::parse(content.content_type);
  return media && media->is(type, subtype);
}

}  // namespace relay
