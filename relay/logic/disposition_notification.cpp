#include "logic/disposition_notification.h"

#include <utility>

#include "base/encoding.h"
#include "im/date_time.h"
#include "im/notification_request.h"
#include "im/notifier.h"
#include "im/sealed_entity.h"
#include "logic/payload.h"
#include "message/im_uri.h"
#include "message/media_type.h"
#include "message/message.h"

namespace relay {

using namespace sip;

namespace {

/// The address-of-record of a user of ours, however the URI spells it.
std::string address_of(const Uri& uri, const LocalDomain& domain) {
  const auto im = ImUri::parse(uri.text);
  return "sip:" + std::string(im ? im->user : uri.user) + "@" + domain.name();
}

bool is_sealed_content(const Payload& payload) {
  const auto media = MediaType::parse(payload.content.content_type);
  return media && is_sealed(*media);
}

std::optional<NotificationRequest> wish(const Request& about, Fate fate) {
  const Payload payload = Payload::of(about.message);
  // 7.2.1: never a notification of a notification.
  if (!payload.cpim || payload.is("message", "imdn+xml") || is_sealed_content(payload)) return std::nullopt;
  auto request = NotificationRequest::of(*payload.cpim);
  const bool is_wanted =
      request && (fate == Fate::stored ? request->wanted.processing : request->wanted.negative_delivery);
  return is_wanted ? std::move(request) : std::nullopt;
}

Imdn told(Now now, const NotificationRequest& wanted, Fate fate, const std::string& recipient) {
  Imdn imdn = wanted.notification(date_time(now.wall));
  // 12.2.
  if (imdn.recipient_uri.empty()) imdn.recipient_uri = recipient;
  imdn.disposition = fate == Fate::stored ? Imdn::Disposition::processing : Imdn::Disposition::delivery;
  imdn.status = fate == Fate::stored ? Imdn::Status::stored : Imdn::Status::failed;
  return imdn;
}

}  // namespace

std::optional<DispositionNotification> DispositionNotification::of(Now now, const Request& about, Fate fate,
                                                                   const LocalDomain& domain,
                                                                   Random& random) {
  const Uri& sender = about.headers.from.uri;
  const auto target = Uri::parse(about.message.request_uri());
  if (!target || !domain.owns(sender) || user_of(sender).empty()) return std::nullopt;
  const auto wanted = wish(about, fate);
  if (!wanted) return std::nullopt;
  const std::string from = address_of(*target, domain);
  const std::string to = address_of(sender, domain);
  const std::string id = random.token(24);
  // 7.2.1.1: like a notification of the recipient's own, whose server this is.
  std::string request =
      Message::request("MESSAGE", to)
          .add(HeaderName::via, "SIP/2.0/TCP " + domain.sent_by({FlowId::none, {Protocol::tcp, {}, 0}}) +
                                    ";branch=" + std::string(branch_magic_cookie) + random.token(12))
          .add(HeaderName::max_forwards, "70")
          .add(HeaderName::from, "<" + from + ">;tag=" + random.token(10))
          .add(HeaderName::to, "<" + to + ">")
          .add(HeaderName::call_id, id)
          .add(HeaderName::cseq, "1 MESSAGE")
          .add(HeaderName::date, sip_date(now.wall))
          .finish("message/cpim", in_cpim(told(now, *wanted, fate, from), id, from, to));
  return DispositionNotification{user_of(sender), std::move(request)};
}

}  // namespace relay
