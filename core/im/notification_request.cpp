#include "im/notification_request.h"

#include "message/content_language.h"

namespace sip {
namespace {

std::string uri_in(std::optional<std::string_view> header) {
  const auto address = CpimAddress::parse(header.value_or(std::string_view{}));
  return address ? cpim_unescaped(address->uri) : std::string();
}

}  // namespace

std::optional<NotificationRequest> NotificationRequest::of(const Cpim& cpim) {
  const auto wanted = cpim.value(imdn_namespace, "Disposition-Notification");
  NotificationRequest request;
  request.message_id = cpim_unescaped(cpim.value(imdn_namespace, "Message-ID").value_or(std::string_view{}));
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

Imdn NotificationRequest::notification(std::string_view sent) const {
  Imdn imdn;
  imdn.message_id = message_id;
  // 11.1.2: mandatory, and copied from the message; one without a DateTime has broken 7.1.1.2.
  imdn.date_time = date_time.empty() ? sent : date_time;
  imdn.recipient_uri = recipient_uri;
  imdn.original_recipient_uri = original_recipient_uri;
  if (subject.size() <= max_subject) {
    imdn.subject = subject;
    imdn.subject_language = subject_language;
  }
  return imdn;
}

}  // namespace sip
