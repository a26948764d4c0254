#include "transaction/ack.h"

#include "message/cseq.h"

namespace sip {
namespace {

/// 17.1.1.3 has Call-ID, From and Route equal; 22.1 has the credentials copied, for an ACK can't be
/// challenged.
bool is_copied(HeaderName name) {
  return name == HeaderName::call_id || name == HeaderName::from || name == HeaderName::route ||
         name == HeaderName::max_forwards || name == HeaderName::authorization ||
         name == HeaderName::proxy_authorization;
}

}  // namespace

std::string ack_without_to(const MessageView& invite) {
  std::string text = "ACK ";
  text.append(invite.request_uri()).append(" SIP/2.0\r\n");
  if (const auto via = ValueReader(invite, HeaderName::via).next())
    text.append("Via: ").append(*via).append("\r\n");
  for (const HeaderField& field : invite.fields())
    if (is_copied(field.name)) text += field.line;
  const auto cseq = CSeq::parse(invite.value(HeaderName::cseq).value_or(std::string_view()));
  if (cseq) text.append("CSeq: ").append(std::to_string(cseq->number)).append(" ACK\r\n");
  return text;
}

std::string finished_ack(std::string without_to, std::string_view to) {
  return std::move(without_to.append("To: ").append(to).append("\r\nContent-Length: 0\r\n\r\n"));
}

}  // namespace sip
