#include "im/notifier.h"

#include "im/cpim.h"
#include "im/date_time.h"

namespace sip {
namespace {

constexpr DispositionRequest everything{
    .positive_delivery = true, .negative_delivery = true, .processing = true, .display = true};

Notifier::Notification notification(const std::string& peer, const NotificationRequest& request,
                                    std::string_view sent, Protection protection) {
  Imdn imdn;
  imdn.message_id = request.message_id;
  // 11.1.2: mandatory, and copied from the message; one without a DateTime has broken 7.1.1.2.
  imdn.date_time = request.date_time.empty() ? sent : request.date_time;
  imdn.recipient_uri = request.recipient_uri;
  imdn.original_recipient_uri = request.original_recipient_uri;
  // 14: if the message was encrypted, its notification MUST be.
  return {peer, std::move(imdn), is_encrypted(protection)};
}

}  // namespace

std::optional<Notifier::Notification> Notifier::received(const std::string& peer,
                                                         const NotificationRequest& request,
                                                         std::string_view sent, Protection protection) {
  if (receipts_ == Receipts::none) return std::nullopt;
  Notification told = notification(peer, request, sent, protection);
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
  return CpimWriter()
      .address("From", {}, from)
      .address("To", {}, to)
      .declare("imdn", imdn_namespace)
      .header("imdn.Message-ID", message_id)
      .finish("message/imdn+xml", "notification", imdn.write());
}

std::string in_cpim(const Draft& draft, std::string_view from_name, std::string_view from,
                    std::string_view to) {
  return CpimWriter()
      .address("From", from_name, from)
      .address("To", {}, to)
      .header("DateTime", date_time(draft.first_sent))
      .declare("imdn", imdn_namespace)
      .header("imdn.Message-ID", draft.id)
      .header("imdn.Disposition-Notification", everything.write())
      .finish(draft.content_type, {}, draft.body);
}

}  // namespace sip
