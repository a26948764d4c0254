#include "im/content.h"

#include <utility>

#include "im/cpim.h"
#include "im/date_time.h"
#include "message/content_disposition.h"
#include "message/content_language.h"
#include "message/media_type.h"

namespace sip {
namespace {

std::string uri_in(std::optional<std::string_view> header) {
  const auto address = CpimAddress::parse(header.value_or(std::string_view{}));
  return address ? cpim_unescaped(address->uri) : std::string();
}

std::string unescaped(const Cpim& cpim, std::string_view namespace_uri, std::string_view name) {
  return cpim_unescaped(cpim.value(namespace_uri, name).value_or(std::string_view{}));
}

/// RFC 5438 14: a route would let a stranger aim our notifications at third parties. None are given then.
std::optional<NotificationRequest> request_in(const Cpim& cpim) {
  const auto wanted = cpim.value(imdn_namespace, "Disposition-Notification");
  NotificationRequest request;
  request.message_id = unescaped(cpim, imdn_namespace, "Message-ID");
  if (!wanted || request.message_id.empty() || cpim.has(imdn_namespace, "IMDN-Record-Route"))
    return std::nullopt;
  request.wanted = DispositionRequest::parse(*wanted);
  request.date_time = cpim.value(cpim_namespace, "DateTime").value_or(std::string_view{});
  request.recipient_uri = uri_in(cpim.value(cpim_namespace, "To"));
  request.original_recipient_uri = uri_in(cpim.value(imdn_namespace, "Original-To"));
  if (const CpimHeader* subject = cpim.find(cpim_namespace, "Subject")) {
    request.subject = cpim_unescaped(subject->value);
    request.subject_language = content_language(subject->language()).value_or(std::string());
  }
  return request;
}

void read_headers(const Cpim& cpim, Content& content) {
  const auto from = CpimAddress::parse(cpim.value(cpim_namespace, "From").value_or(std::string_view{}));
  if (from) {
    content.writer = cpim_unescaped(from->uri);
    content.writer_name = cpim_unescaped(from->formal_name);
  }
  content.sent = parse_date_time(cpim.value(cpim_namespace, "DateTime").value_or(std::string_view{}));
  content.message_id = unescaped(cpim, imdn_namespace, "Message-ID");
  content.subject = unescaped(cpim, cpim_namespace, "Subject");
  // RFC 5438 7.2.1: never a notification of a notification; 3994 asks for none either.
  if (content.body.text) content.request = request_in(cpim);
}

bool holds_cpim(const MimeEntity& entity) {
  const auto media = MediaType::parse(entity.content_type);
  return media && media->is("message", "cpim");
}

Result<Content> read_cpim(const MimeEntity& entity, const ContentDisposition& disposition) {
  if (entity.is_encoded()) return Error{Errc::unsupported, 0, "Content-Encoding"};
  if (!disposition.is_rendered() && !disposition.is("notification"))
    return Error{Errc::unsupported, 0, "Content-Disposition"};
  const auto cpim = Cpim::parse(entity.body);
  if (!cpim) return cpim.error();
  if (cpim->requires_unknown()) return Error{Errc::unsupported, 0, "CPIM Require"};
  MimeEntity inner = cpim->content;
  if (inner.content_language.empty()) inner.content_language = entity.content_language;
  auto body = Body::parse(inner, Body::Envelope::cpim);
  if (!body) return body.error();
  Content content;
  content.body = std::move(*body);
  content.is_cpim = true;
  read_headers(*cpim, content);
  return content;
}

}  // namespace

Result<Content> Content::parse(const MimeEntity& entity) {
  if (holds_cpim(entity)) {
    const auto disposition = ContentDisposition::parse_or_default(entity.content_disposition);
    auto content = read_cpim(entity, disposition);
    const bool is_understood = content || content.error().code != Errc::unsupported;
    // RFC 5621 8.1: what is not understood is passed over where it is optional.
    return is_understood || !disposition.is_optional() ? content : Result<Content>(Content{});
  }
  auto body = Body::parse(entity, Body::Envelope::sip);
  if (!body) return body.error();
  Content content;
  content.body = std::move(*body);
  return content;
}

}  // namespace sip
