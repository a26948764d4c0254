#include "im/content.h"

#include <utility>

#include "im/cpim.h"
#include "im/date_time.h"
#include "message/content_disposition.h"
#include "message/media_type.h"

namespace sip {
namespace {

std::string uri_in(std::optional<std::string_view> header) {
  const auto address = CpimAddress::parse(header.value_or(std::string_view{}));
  return address ? cpim_unescaped(address->uri) : std::string();
}

void read_headers(const Cpim& cpim, Content& content) {
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
  // RFC 5438 7.2.1: never a notification of a notification; 3994 asks for none either.
  if (!content.body.text) content.request.reset();
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
