#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "im/content.h"
#include "im/transfer_encoding.h"

using namespace sip;

/// A MESSAGE's header fields of its body, an empty line, and the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto encoding : {TransferEncoding::base64, TransferEncoding::quoted_printable}) {
    const auto decoded = transfer_decoded(encoding, text);
    assert(!decoded || decoded->size() <= size + 2);
  }
  const auto entity = MimeEntity::parse(text);
  if (!entity) return 0;
  const auto content = Content::parse(*entity);
  if (!content) return 0;
  const Body& body = content->body;
  assert(!body.text || is_utf8(*body.text));
  assert(body.text || body.type.empty());
  assert(is_utf8(body.language));
  assert(body.notifications.size() <= Body::max_parts);
  assert(content->is_cpim || body.notifications.empty());
  assert(body.text || !content->request);
  return 0;
}
