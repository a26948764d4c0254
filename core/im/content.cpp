#include "im/content.h"

#include <utility>

#include "im/cpim.h"
#include "im/date_time.h"
#include "im/sealed_entity.h"
#include "message/content_disposition.h"
#include "message/media_type.h"

namespace sip {
namespace {

std::string unescaped(const Cpim& cpim, std::string_view namespace_uri, std::string_view name) {
  return cpim_unescaped(cpim.value(namespace_uri, name).value_or(std::string_view{}));
}

/// What an unprotected CPIM around this one said does not count (RFC 8591 9.1).
void read_headers(const Cpim& cpim, Content& content) {
  const auto from = CpimAddress::parse(cpim.value(cpim_namespace, "From").value_or(std::string_view{}));
  content.writer = from ? cpim_unescaped(from->uri) : std::string();
  content.writer_name = from ? cpim_unescaped(from->formal_name) : std::string();
  content.sent = parse_date_time(cpim.value(cpim_namespace, "DateTime").value_or(std::string_view{}));
  content.message_id = unescaped(cpim, imdn_namespace, "Message-ID");
  content.subject = unescaped(cpim, cpim_namespace, "Subject");
  content.request = NotificationRequest::of(cpim);
}

std::optional<Error> read_entity(const MimeEntity& entity, ContentAnswers& answers, Content& content);

/// RFC 3261 23, RFC 8591 4: a signature or an encryption. What is inside may be CPIM or sealed again.
std::optional<Error> read_sealed(const MimeEntity& entity, ContentAnswers& answers, Content& content) {
  const auto unsealed = unseal(entity, answers);
  if (!unsealed) return unsealed.error();
  content.protection = combined(unsealed->protection, content.protection);
  if (content.signer.empty()) content.signer = unsealed->signer;
  return read_entity(unsealed->inside, answers, content);
}

/// What stands in a MESSAGE with or without CPIM around it.
std::optional<Error> read_inner(const MimeEntity& entity, ContentAnswers& answers, Content& content) {
  const auto media = MediaType::parse(entity.content_type);
  if (media && is_sealed(*media)) return read_sealed(entity, answers, content);
  auto body = Body::parse(entity, content.is_cpim ? Body::Envelope::cpim : Body::Envelope::sip, answers);
  if (!body) return body.error();
  content.protection = combined(body->protection, content.protection);
  if (content.signer.empty()) content.signer = body->signer;
  content.body = std::move(*body);
  return std::nullopt;
}

std::optional<Error> read_cpim(const MimeEntity& entity, ContentAnswers& answers, Content& content) {
  if (entity.is_encoded()) return Error{Errc::unsupported, 0, "Content-Encoding"};
  const auto disposition = ContentDisposition::parse_or_default(entity.content_disposition);
  if (!disposition.is_rendered() && !disposition.is("notification"))
    return Error{Errc::unsupported, 0, "Content-Disposition"};
  const auto cpim = Cpim::parse(entity.body);
  if (!cpim) return cpim.error();
  if (cpim->requires_unknown()) return Error{Errc::unsupported, 0, "CPIM Require"};
  content.is_cpim = true;
  read_headers(*cpim, content);
  MimeEntity inner = cpim->content;
  if (inner.content_language.empty()) inner.content_language = entity.content_language;
  return read_inner(inner, answers, content);
}

/// The whole of a MESSAGE, or what was sealed.
std::optional<Error> read_entity(const MimeEntity& entity, ContentAnswers& answers, Content& content) {
  const auto media = MediaType::parse(entity.content_type);
  if (media && media->is("message", "cpim")) return read_cpim(entity, answers, content);
  return read_inner(entity, answers, content);
}

}  // namespace

Result<Content> Content::parse(const MimeEntity& entity, ContentAnswers& answers) {
  Content content;
  answers.rewind();
  const auto failure = read_entity(entity, answers, content);
  // RFC 5621 8.1: what is not understood is passed over where it is optional.
  const auto disposition = ContentDisposition::parse_or_default(entity.content_disposition);
  if (failure && failure->code == Errc::unsupported && disposition.is_optional()) return Content{};
  if (failure) return *failure;
  // RFC 5438 7.2.1: never a notification of a notification; 3994 asks for none either.
  if (!content.body.text) content.request.reset();
  return content;
}

}  // namespace sip
