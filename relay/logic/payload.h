#pragma once

#include <optional>
#include <string_view>

#include "im/cpim.h"
#include "im/mime_entity.h"
#include "message/message_view.h"

namespace relay {

/// What a MESSAGE carries, as far as a relay looks: out of its message/cpim, not out of what is sealed.
/// Borrows the message.
struct Payload {
  std::optional<sip::Cpim> cpim;  ///< none where there is none, or none that can be read
  sip::MimeEntity content;        ///< inside the CPIM, else the body

  static Payload of(const sip::MessageView& message);
  bool is(std::string_view type, std::string_view subtype) const;
};

}  // namespace relay
