#include "im/incoming.h"

#include <utility>

#include "base/encoding.h"
#include "base/utf8.h"
#include "im/recipient.h"
#include "message/date.h"

namespace sip {

Incoming incoming(Now now, const MessageView& request, const MandatoryHeaders& headers, Content content,
                  const std::string& from) {
  Incoming message;
  message.from = from;
  message.display_name = unquoted(headers.from.display_name);
  // What CPIM says of the writer counts for a name, where it is of the same person. Who that is, is said by
  // SIP: that, the servers on the way can check.
  if (message.display_name.empty() && peer_key(content.writer) == from)
    message.display_name = std::move(content.writer_name);
  if (!is_utf8(message.display_name)) message.display_name.clear();
  message.content_type = std::move(content.body.type);
  message.body = std::move(content.body.text).value_or(std::string());
  message.id = content.message_id.empty() ? std::string(headers.call_id) : std::move(content.message_id);
  auto date = content.sent;
  if (!date) date = parse_date(request.value(HeaderName::date).value_or(std::string_view{}));
  message.sent = date && *date <= now.wall ? *date : now.wall;
  return message;
}

}  // namespace sip
