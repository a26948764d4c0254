#include "im/incoming.h"

#include <utility>

#include "base/ascii.h"
#include "base/encoding.h"
#include "base/utf8.h"
#include "im/recipient.h"
#include "message/date.h"
#include "message/delta_seconds.h"

namespace sip {
namespace {

/// What CPIM says of the writer counts for a name, where it is of the same person. Who that is, is said by
/// SIP: that, the servers on the way can check.
std::string display_name(const MandatoryHeaders& headers, const Content& content, const std::string& from) {
  std::string name = unquoted(headers.from.display_name);
  if (name.empty() && peer_key(content.writer) == from) name = content.writer_name;
  return is_utf8(name) ? name : std::string();
}

/// SIP says the subject for servers on the way, CPIM for whoever gets it over another network (RFC 3862 4.5).
/// What is sealed counts for more than what is around it.
MessageFields fields_of(const MessageView& request, Content& content) {
  MessageFields fields = MessageFields::of(request);
  const bool is_said_inside = !content.subject.empty() && is_printable(content.subject);
  const bool counts = fields.subject.empty() || content.protection != Protection::none;
  if (is_said_inside && counts) fields.subject = std::move(content.subject);
  fields.content_language = std::move(content.body.language);
  fields.content_disposition = std::move(content.body.disposition);
  return fields;
}

/// RFC 3428 7: counted from Date, or from when it came where that is missing. A Date that is none, or in the
/// future, says nothing.
std::optional<UnixTime> expiry(Now now, const MessageView& request, std::optional<UnixTime> date) {
  const auto seconds = delta_seconds(request, HeaderName::expires);
  if (!seconds) return std::nullopt;
  const UnixTime base = date && *date <= now.wall ? *date : now.wall;
  return base + *seconds;
}

/// RFC 3261 12.2.2: a request with a To tag stands in a dialog. None is ours; one that we forgot, or that
/// another program of the person has, is as good.
std::optional<DialogId> dialog_of(const MandatoryHeaders& headers) {
  if (headers.to.tag().empty()) return std::nullopt;
  return DialogId{std::string(headers.call_id), std::string(headers.to.tag()),
                  std::string(headers.from.tag())};
}

MessageId id_of(const MandatoryHeaders& headers, Content& content) {
  if (!content.message_id.empty()) return std::move(content.message_id);
  MessageId id(headers.call_id);
  return headers.to.tag().empty() ? id : id + ";" + std::to_string(headers.cseq.number);
}

}  // namespace

Incoming incoming(Now now, const MessageView& request, const MandatoryHeaders& headers, Content content,
                  const std::string& from) {
  const auto date = parse_date(request.value(HeaderName::date).value_or(std::string_view{}));
  const auto sent = content.sent ? content.sent : date;
  Incoming message;
  message.from = from;
  message.display_name = display_name(headers, content, from);
  message.fields = fields_of(request, content);
  message.content_type = std::move(content.body.type);
  message.body = std::move(content.body.text).value_or(std::string());
  message.id = id_of(headers, content);
  message.sent = sent && *sent <= now.wall ? *sent : now.wall;
  message.protection = content.protection;
  message.signer = std::move(content.signer);
  message.expires = expiry(now, request, date);
  message.dialog = dialog_of(headers);
  return message;
}

}  // namespace sip
