#include "logic/disposition_notification.h"

#include <utility>

#include "base/ascii.h"
#include "base/encoding.h"
#include "im/date_time.h"
#include "im/notification_request.h"
#include "im/notifier.h"
#include "im/sealed_entity.h"
#include "logic/payload.h"
#include "message/im_uri.h"
#include "message/media_type.h"
#include "message/message.h"
#include "message/name_addr.h"

namespace relay {

using namespace sip;

namespace {

/// The address-of-record of a user of ours, however the URI spells it.
std::string address_of(const Uri& uri, const LocalDomain& domain) {
  const auto im = ImUri::parse(uri.text);
  return "sip:" + std::string(im ? im->user : uri.user) + "@" + domain.name();
}

/// Of somebody elsewhere: as written, without what tells more than who it is and at which server.
std::string address_of(const Uri& uri) {
  if (const auto im = ImUri::parse(uri.text)) return as_sip_uri(*im);
  std::string address = lower_case(uri.scheme) + ":";
  address.append(uri.user).append("@").append(uri.host);
  if (uri.port) address += ":" + std::to_string(*uri.port);
  return address;
}

/// Whether that is, to a server that we trust, the address of whoever has sent it: where another one is
/// asserted, or a telephone number alone, From is a pseudonym, or somebody else (RFC 3325 4, 9.1).
bool is_asserted(const Request& about, const Uri& address) {
  ValueReader identities(about.message, HeaderName::p_asserted_identity);
  auto identity = identities.next();
  if (!identity) return true;
  for (; identity; identity = identities.next()) {
    const auto known = NameAddr::parse(*identity);
    // Another port may be another server.
    if (known && known->uri.is_sip() && known->uri.port == address.port &&
        address_of_record(known->uri) == address_of_record(address))
      return true;
  }
  return false;
}

/// To whom a notification may go who is of another domain.
bool may_be_told(const Request& about, const LocalDomain& domain) {
  const Uri& from = about.headers.from.uri;
  const std::string text = address_of(from);
  const auto address = Uri::parse(text);
  if (!address || !address->is_sip() || address->user.empty()) return false;
  // RFC 3323 4.1.1.3: anonymous.invalid.
  const bool is_reachable = !lower_case(without_final_dot(address->host)).ends_with(".invalid");
  return is_reachable && !domain.is_claimed_by(from) && is_asserted(about, *address);
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
                                                                   Sender sender, const LocalDomain& domain,
                                                                   Random& random) {
  const Uri& writer = about.headers.from.uri;
  const auto target = Uri::parse(about.message.request_uri());
  const bool is_ours = domain.owns(writer);
  const bool may_be = is_ours ? !user_of(writer).empty() : may_be_told(about, domain);
  if (!target || sender == Sender::stranger || !may_be) return std::nullopt;
  const auto wanted = wish(about, fate);
  if (!wanted) return std::nullopt;
  const std::string from = address_of(*target, domain);
  const std::string to = is_ours ? address_of(writer, domain) : address_of(writer);
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
  return DispositionNotification{is_ours ? std::optional(user_of(writer)) : std::nullopt, std::move(request)};
}

}  // namespace relay
