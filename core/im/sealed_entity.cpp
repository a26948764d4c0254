#include "im/sealed_entity.h"

#include "im/transfer_encoding.h"
#include "message/content_disposition.h"

namespace sip {

bool is_sealed(const MediaType& media) {
  return media.is("application", "pkcs7-mime") || media.is("multipart", "signed");
}

Result<Unsealed> unseal(const MimeEntity& entity, ContentAnswers& answers) {
  const auto encoding = transfer_encoding(entity.content_transfer_encoding);
  if (!encoding || entity.is_encoded()) return Error{Errc::unsupported, 0, "encoding"};
  const auto bytes = transfer_decoded(*encoding, entity.body);
  if (!bytes) return bytes.error();
  const auto opened = answers.opened(entity.content_type, *bytes);
  if (!opened) return opened.error();
  const Opened& found = **opened;
  Unsealed unsealed{.inside = {}, .protection = found.protection, .signer = found.signer};
  unsealed.inside.content_type = found.content_type;
  unsealed.inside.body = found.body;
  unsealed.inside.content_language = entity.content_language;
  const bool is_notification =
      ContentDisposition::parse_or_default(entity.content_disposition).is("notification");
  if (is_notification) unsealed.inside.content_disposition = "notification";
  return unsealed;
}

}  // namespace sip
