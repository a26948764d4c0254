#pragma once

#include <string_view>

#include "base/result.h"
#include "im/content_answers.h"
#include "im/mime_entity.h"
#include "im/protection.h"
#include "message/media_type.h"

namespace sip {

/// Whether the type is that of a signature or an encryption (RFC 3261 23, RFC 8591 4).
bool is_sealed(const MediaType& media);

/// What the driver found inside a sealed entity. Borrows from the answers.
struct Unsealed {
  MimeEntity inside;
  Protection protection = Protection::none;
  std::string_view signer;
};
/// Errors as of ContentAnswers::opened(). A disposition says what the seal is for, as in "attachment" (RFC
/// 3261 23.3), and nothing of the inside, but that it is a notification.
Result<Unsealed> unseal(const MimeEntity& entity, ContentAnswers& answers);

}  // namespace sip
