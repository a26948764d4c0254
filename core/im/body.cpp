#include "im/body.h"

#include <deque>
#include <utility>

#include "base/ascii.h"
#include "base/utf8.h"
#include "im/sealed_entity.h"
#include "im/transfer_encoding.h"
#include "message/content_disposition.h"
#include "message/content_language.h"
#include "message/media_type.h"

namespace sip {
namespace {

Error unsupported(std::string_view what) { return {Errc::unsupported, 0, what}; }

/// RFC 2045 5.2: who says nothing means text/plain.
std::string_view type_of(const MimeEntity& entity) {
  return entity.content_type.empty() ? "text/plain" : entity.content_type;
}

ContentDisposition disposition_of(const MimeEntity& entity) {
  return ContentDisposition::parse_or_default(entity.content_disposition);
}

/// RFC 3428 7: text/plain must be understood. RFC 3261 7.4.1: its charset is UTF-8 where it names none.
Result<std::string> readable_text(const MediaType& media, std::string body, ContentAnswers& answers) {
  const std::string_view charset = media.params.value("charset").value_or("utf-8");
  if (equal_ignoring_case(charset, "iso-8859-1")) {
    std::string text;
    for (const char c : body) append_utf8(static_cast<unsigned char>(c), text);
    return text;
  }
  const bool is_utf8_charset =
      equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "us-ascii");
  if (is_utf8_charset) return is_utf8(body) ? Result<std::string>(std::move(body)) : unsupported("charset");
  const auto decoded = answers.decoded(charset, body);
  return decoded ? Result<std::string>(std::string(*decoded)) : decoded.error();
}

Result<Body> read_text(const MimeEntity& entity, const MediaType& media, std::string bytes,
                       ContentAnswers& answers) {
  auto text = readable_text(media, std::move(bytes), answers);
  if (!text) return text.error();
  Body body;
  body.text = std::move(*text);
  body.type = type_of(entity);
  body.language = content_language(entity.content_language).value_or(std::string());
  const std::string_view disposition = entity.content_disposition;
  if (is_printable(disposition) && is_utf8(disposition) && ContentDisposition::parse(disposition))
    body.disposition = disposition;
  return body;
}

void append(Body part, Body& whole) {
  if (!whole.text) {
    whole.text = std::move(part.text);
    whole.type = std::move(part.type);
    whole.language = std::move(part.language);
    whole.disposition = std::move(part.disposition);
    whole.protection = part.protection;
    whole.signer = std::move(part.signer);
  } else if (part.text) {
    *whole.text += "\r\n" + *part.text;
    if (whole.language != part.language) whole.language.clear();
    whole.protection = common(whole.protection, part.protection);
    if (whole.signer != part.signer) whole.signer.clear();
  }
  for (Imdn& imdn : part.notifications) whole.notifications.push_back(std::move(imdn));
  if (!whole.composing) whole.composing = std::move(part.composing);
}

/// Takes bodies and their parts apart, and counts these.
class BodyReader {
 public:
  BodyReader(Body::Envelope envelope, ContentAnswers& answers) : envelope_(envelope), answers_(answers) {}

  /// RFC 5621 8.1: what is not understood is passed over where it is optional.
  Result<Body> read(const MimeEntity& entity, std::size_t depth) {
    auto body = understand(entity, depth);
    if (body || body.error().code != Errc::unsupported) return body;
    return disposition_of(entity).is_optional() ? Result<Body>(Body{}) : body;
  }

 private:
  /// `read` without a look at the handling.
  Result<Body> understand(const MimeEntity& entity, std::size_t depth);
  Result<Body> read_multipart(const MimeEntity& entity, const MediaType& media, std::size_t depth);
  Result<Body> read_mixed(const MimeEntity& entity, MultipartReader parts, std::size_t depth);
  Result<Body> read_alternative(const MimeEntity& entity, MultipartReader parts, std::size_t depth);
  Result<Body> read_sealed(const MimeEntity& entity, std::size_t depth);
  Result<Body> read_leaf(const MimeEntity& entity, const MediaType& media);

  Body::Envelope envelope_;
  ContentAnswers& answers_;
  std::size_t parts_ = 0;
};

/// RFC 5438 8.3: the parts of an aggregate are notifications because it is one. A language is said for all.
Result<MimeEntity> parse_part(std::string_view text, const MimeEntity& around) {
  auto part = MimeEntity::parse(text);
  if (!part) return part;
  if (part->content_disposition.empty() && disposition_of(around).is("notification"))
    part->content_disposition = "notification";
  if (part->content_language.empty()) part->content_language = around.content_language;
  return part;
}

Result<Body> BodyReader::understand(const MimeEntity& entity, std::size_t depth) {
  const auto media = MediaType::parse(type_of(entity));
  if (!media) return unsupported("Content-Type");
  if (entity.is_encoded()) return unsupported("Content-Encoding");
  // RFC 5621 9.4: MUST NOT be processed where nothing refers to it, and no field that is understood does.
  if (disposition_of(entity).is("by-reference")) return unsupported("Content-Disposition");
  if (is_sealed(*media)) return read_sealed(entity, depth);
  if (equal_ignoring_case(media->type, "multipart")) return read_multipart(entity, *media, depth);
  return read_leaf(entity, *media);
}

Result<Body> BodyReader::read_multipart(const MimeEntity& entity, const MediaType& media, std::size_t depth) {
  if (depth == Body::max_nesting) return unsupported("nesting");
  // RFC 2045 6.4: what holds other entities must not be encoded.
  const auto encoding = transfer_encoding(entity.content_transfer_encoding);
  if (encoding != TransferEncoding::identity) return Error{Errc::syntax, 0, "Content-Transfer-Encoding"};
  const MultipartReader parts(entity.body, media.params.value("boundary").value_or(std::string_view{}));
  // RFC 2046 5.1.3: a subtype that is not known is read as mixed.
  return equal_ignoring_case(media.subtype, "alternative") ? read_alternative(entity, parts, depth)
                                                           : read_mixed(entity, parts, depth);
}

Result<Body> BodyReader::read_mixed(const MimeEntity& entity, MultipartReader parts, std::size_t depth) {
  Body whole;
  std::size_t count = 0;
  for (std::string_view text; parts.next(text); ++count) {
    if (++parts_ > Body::max_parts) return Error{Errc::too_large, 0, "body parts"};
    const auto part = parse_part(text, entity);
    if (!part) return part.error();
    auto body = read(*part, depth + 1);
    if (!body) return body;
    append(std::move(*body), whole);
  }
  if (count == 0) return Error{Errc::syntax, 0, "multipart"};
  return whole;
}

/// RFC 2046 5.1.4, RFC 5621 6.1: the last part that is understood; one that brings something goes before one
/// whose own parts were all passed over. 8.3: the handling of the parts does not count, that of the whole
/// does.
Result<Body> BodyReader::read_alternative(const MimeEntity& entity, MultipartReader parts,
                                          std::size_t depth) {
  std::deque<std::string_view> last_first;
  for (std::string_view text; parts.next(text); last_first.push_front(text))
    if (++parts_ > Body::max_parts) return Error{Errc::too_large, 0, "body parts"};
  if (last_first.empty()) return Error{Errc::syntax, 0, "multipart"};
  Result<Body> best = unsupported("multipart/alternative");
  for (const std::string_view text : last_first) {
    const auto part = parse_part(text, entity);
    if (!part) continue;
    auto body = understand(*part, depth + 1);
    if (!body && (body.error().code == Errc::too_large || body.error().code == Errc::unanswered)) return body;
    if (!body) continue;
    if (!body->is_empty()) return body;
    best = std::move(body);
  }
  return best;
}

/// A part that is sealed by itself (RFC 3261 23.3). ContentAnswers limits how deep.
Result<Body> BodyReader::read_sealed(const MimeEntity& entity, std::size_t depth) {
  const auto unsealed = unseal(entity, answers_);
  if (!unsealed) return unsealed.error();
  auto body = read(unsealed->inside, depth);
  if (!body) return body;
  body->protection = combined(body->protection, unsealed->protection);
  if (!unsealed->signer.empty()) body->signer = unsealed->signer;
  return body;
}

Result<Body> BodyReader::read_leaf(const MimeEntity& entity, const MediaType& media) {
  const auto encoding = transfer_encoding(entity.content_transfer_encoding);
  if (!encoding) return unsupported("Content-Transfer-Encoding");
  auto bytes = transfer_decoded(*encoding, entity.body);
  if (!bytes) return bytes.error();
  const ContentDisposition disposition = disposition_of(entity);
  Body body;
  // RFC 5438 7.1.2: a notification is known by its Content-Disposition.
  if (envelope_ == Body::Envelope::cpim && disposition.is("notification") &&
      media.is("message", "imdn+xml")) {
    auto imdn = Imdn::parse(*bytes);
    if (!imdn) return imdn.error();
    body.notifications.push_back(std::move(*imdn));
    return body;
  }
  if (!disposition.is_rendered()) return unsupported("Content-Disposition");
  if (media.is("text", "plain")) return read_text(entity, media, std::move(*bytes), answers_);
  if (!media.is("application", "im-iscomposing+xml")) return unsupported("Content-Type");
  const auto status = IsComposing::parse(*bytes);
  if (!status) return status.error();
  body.composing = *status;
  return body;
}

}  // namespace

std::string accepted_types(EndToEnd end_to_end) {
  switch (end_to_end) {
    case EndToEnd::none: break;
    case EndToEnd::driver: return std::string(understood_types) + ", " + std::string(sealed_types);
  }
  return std::string(understood_types);
}

Result<Body> Body::parse(const MimeEntity& entity, Envelope envelope, ContentAnswers& answers) {
  return BodyReader(envelope, answers).read(entity, 0);
}

}  // namespace sip
