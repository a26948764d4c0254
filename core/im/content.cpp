#include "im/content.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "im/cpim.h"
#include "im/date_time.h"
#include "message/media_type.h"

namespace sip {
namespace {

Error unsupported(std::string_view what) { return {Errc::unsupported, 0, what}; }

/// RFC 3428 7: text/plain must be understood. RFC 3261 7.4.1: its charset is UTF-8 where it names none.
Result<std::string> readable_text(const MediaType& media, std::string_view body, ContentAnswers& answers) {
  const std::string_view charset = media.params.value("charset").value_or("utf-8");
  if (equal_ignoring_case(charset, "iso-8859-1")) {
    std::string text;
    for (const char c : body) append_utf8(static_cast<unsigned char>(c), text);
    return text;
  }
  const bool is_utf8_charset =
      equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "us-ascii");
  if (is_utf8_charset) return is_utf8(body) ? Result<std::string>(std::string(body)) : unsupported("charset");
  const auto decoded = answers.decoded(charset, body);
  return decoded ? Result<std::string>(std::string(*decoded)) : decoded.error();
}

std::optional<Error> read_notification(std::string_view document, Content& content) {
  auto imdn = Imdn::parse(document);
  if (!imdn) return imdn.error();
  content.notifications.push_back(std::move(*imdn));
  return std::nullopt;
}

/// RFC 5438 8.3: notifications that a list server has collected.
std::optional<Error> read_aggregate(const MediaType& media, std::string_view body, Content& content) {
  MultipartReader parts(body, media.params.value("boundary").value_or(std::string_view{}));
  std::string_view part;
  while (content.notifications.size() < Content::max_notifications && parts.next(part)) {
    const auto entity = MimeEntity::parse(part);
    if (!entity) return entity.error();
    const auto inner = MediaType::parse(entity->content_type);
    if (!inner || !inner->is("message", "imdn+xml")) return unsupported("part of an aggregate");
    if (const auto failure = read_notification(entity->body, content)) return failure;
  }
  if (content.notifications.empty()) return unsupported("multipart");
  return std::nullopt;
}

std::optional<Error> read_entity(std::string_view content_type, std::string_view disposition,
                                 std::string_view body, ContentAnswers& answers, Content& content);

/// RFC 3261 23, RFC 8591 4: a signature or an encryption. What is inside may be CPIM or sealed again.
std::optional<Error> read_sealed(std::string_view content_type, std::string_view disposition,
                                 std::string_view body, ContentAnswers& answers, Content& content) {
  const auto opened = answers.opened(content_type, body);
  if (!opened) return opened.error();
  const Opened& inside = **opened;
  content.protection = combined(inside.protection, content.protection);
  if (content.signer.empty()) content.signer = inside.signer;
  return read_entity(inside.content_type, disposition, inside.body, answers, content);
}

/// What stands in a MESSAGE with or without CPIM around it.
std::optional<Error> read_inner(std::string_view content_type, std::string_view disposition,
                                std::string_view body, ContentAnswers& answers, Content& content) {
  const auto media = MediaType::parse(content_type);
  if (!media) return unsupported("Content-Type");
  if (media->is("application", "pkcs7-mime") || media->is("multipart", "signed"))
    return read_sealed(content_type, disposition, body, answers, content);
  if (media->is("application", "im-iscomposing+xml")) {
    const auto status = IsComposing::parse(body);
    if (!status) return status.error();
    content.composing = *status;
    return std::nullopt;
  }
  // RFC 5438 9: a notification says so in its Content-Disposition too.
  const std::string_view token = trim(disposition.substr(0, disposition.find(';')));
  if (content.is_cpim && equal_ignoring_case(token, "notification")) {
    if (media->is("message", "imdn+xml")) return read_notification(body, content);
    if (media->is("multipart", "mixed")) return read_aggregate(*media, body, content);
  }
  if (!media->is("text", "plain")) return unsupported("Content-Type");
  auto text = readable_text(*media, body, answers);
  if (!text) return text.error();
  content.type = content_type;
  content.text = std::move(*text);
  return std::nullopt;
}

std::string uri_in(std::optional<std::string_view> header) {
  const auto address = CpimAddress::parse(header.value_or(std::string_view{}));
  return address ? cpim_unescaped(address->uri) : std::string();
}

/// What an unprotected CPIM around this one said does not count (RFC 8591 9.1).
void read_headers(const Cpim& cpim, Content& content) {
  content.writer.clear();
  content.writer_name.clear();
  content.request.reset();
  const auto from = CpimAddress::parse(cpim.value(cpim_namespace, "From").value_or(std::string_view{}));
  if (from) {
    content.writer = cpim_unescaped(from->uri);
    content.writer_name = cpim_unescaped(from->formal_name);
  }
  const std::string_view date = cpim.value(cpim_namespace, "DateTime").value_or(std::string_view{});
  content.sent = parse_date_time(date);
  content.message_id = cpim_unescaped(cpim.value(imdn_namespace, "Message-ID").value_or(std::string_view{}));
  const auto wanted = cpim.value(imdn_namespace, "Disposition-Notification");
  // RFC 5438 14: a route would let a stranger aim our notifications at third parties. None are given then.
  if (!wanted || content.message_id.empty() || cpim.has(imdn_namespace, "IMDN-Record-Route")) return;
  content.request = NotificationRequest{DispositionRequest::parse(*wanted), content.message_id,
                                        std::string(date), uri_in(cpim.value(cpim_namespace, "To")),
                                        uri_in(cpim.value(imdn_namespace, "Original-To"))};
}

std::optional<Error> read_cpim(std::string_view body, ContentAnswers& answers, Content& content) {
  const auto cpim = Cpim::parse(body);
  if (!cpim) return cpim.error();
  if (cpim->requires_unknown()) return unsupported("CPIM Require");
  const MimeEntity& entity = cpim->content;
  if (!entity.is_identity_encoded()) return unsupported("Content-Transfer-Encoding");
  content.is_cpim = true;
  read_headers(*cpim, content);
  const std::string_view type = entity.content_type.empty() ? "text/plain" : entity.content_type;
  return read_inner(type, entity.content_disposition, entity.body, answers, content);
}

/// The whole of a MESSAGE, or what was sealed.
std::optional<Error> read_entity(std::string_view content_type, std::string_view disposition,
                                 std::string_view body, ContentAnswers& answers, Content& content) {
  const auto media = MediaType::parse(content_type);
  if (media && media->is("message", "cpim")) return read_cpim(body, answers, content);
  return read_inner(content_type, disposition, body, answers, content);
}

}  // namespace

std::string accepted_types(EndToEnd end_to_end) {
  switch (end_to_end) {
    case EndToEnd::none: break;
    case EndToEnd::driver: return std::string(understood_types) + ", " + std::string(sealed_types);
  }
  return std::string(understood_types);
}

Result<Content> Content::parse(std::string_view content_type, std::string_view body,
                               ContentAnswers& answers) {
  Content content;
  answers.rewind();
  if (const auto failure = read_entity(content_type, {}, body, answers, content)) return *failure;
  // RFC 5438 7.2.1: never a notification of a notification; 3994 asks for none either.
  if (!content.is_text()) content.request.reset();
  return content;
}

}  // namespace sip
