#include "im/notifier.h"

#include "im/cpim.h"
#include "im/date_time.h"

namespace sip {
namespace {

constexpr DispositionRequest everything{
    .positive_delivery = true, .negative_delivery = true, .processing = true, .display = true};

/// RFC 3862 4.5: the language of the text, where there is one, is reasonable knowledge of the subject's.
std::string_view language_of_subject(const MessageFields& fields) {
  const bool is_one = fields.content_language.find(',') == std::string::npos;
  return is_one ? std::string_view(fields.content_language) : std::string_view{};
}

}  // namespace

std::optional<Notifier::Notification> Notifier::received(const std::string& peer,
                                                         const NotificationRequest& request,
                                                         std::string_view sent, Protection protection) {
  if (receipts_ == Receipts::none) return std::nullopt;
  // 14: if the message was encrypted, its notification MUST be.
  Notification told{peer, request.notification(sent), is_encrypted(protection)};
  if (receipts_ == Receipts::display && request.wanted.display) {
    told.imdn.disposition = Imdn::Disposition::display;
    told.imdn.status = Imdn::Status::displayed;
    if (waiting_.try_emplace(request.message_id, told).second) oldest_first_.push_back(request.message_id);
    if (oldest_first_.size() > max_waiting) {
      waiting_.erase(oldest_first_.front());
      oldest_first_.pop_front();
    }
  }
  if (!request.wanted.positive_delivery) return std::nullopt;
  told.imdn.disposition = Imdn::Disposition::delivery;
  told.imdn.status = Imdn::Status::delivered;
  return told;
}

std::optional<Notifier::Notification> Notifier::displayed(const MessageId& id) {
  auto node = waiting_.extract(id);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

std::string in_cpim(const Imdn& imdn, std::string_view message_id, std::string_view from,
                    std::string_view to) {
  const std::string document = imdn.write();
  return CpimWriter()
      .address("From", {}, from)
      .address("To", {}, to)
      .declare("imdn", imdn_namespace)
      .header("imdn.Message-ID", message_id)
      .finish({.content_type = "message/imdn+xml", .content_disposition = "notification", .body = document});
}

std::string in_cpim(const Draft& draft, std::string_view from_name, std::string_view from,
                    std::string_view to) {
  const MessageFields& fields = draft.fields;
  CpimWriter writer;
  writer.address("From", from_name, from)
      .address("To", {}, to)
      .header("DateTime", date_time(draft.first_sent))
      .declare("imdn", imdn_namespace)
      .header("imdn.Message-ID", draft.id)
      .header("imdn.Disposition-Notification", everything.write());
  if (!fields.subject.empty()) writer.header("Subject", fields.subject, language_of_subject(fields));
  return writer.finish({.content_type = draft.content_type,
                        .content_disposition = fields.content_disposition,
                        .content_language = fields.content_language,
                        .body = draft.body});
}

}  // namespace sip
