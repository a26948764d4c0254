#include "transaction/abridged_invite.h"

#include "message/cseq.h"

namespace sip {
namespace {

/// 9.1 and 17.1.1.3 have these equal.
bool is_copied(HeaderName name) {
  return name == HeaderName::call_id || name == HeaderName::from || name == HeaderName::route ||
         name == HeaderName::max_forwards;
}

/// 22.1 has them copied into an ACK, for it can't be challenged.
bool is_credential(HeaderName name) {
  return name == HeaderName::authorization || name == HeaderName::proxy_authorization;
}

enum class Credentials : std::uint8_t { copied, left_out };

std::string beginning(const MessageView& invite, std::string_view method, Credentials credentials) {
  std::string text(method);
  text.append(" ").append(invite.request_uri()).append(" SIP/2.0\r\n");
  if (const auto via = ValueReader(invite, HeaderName::via).next())
    text.append("Via: ").append(*via).append("\r\n");
  for (const HeaderField& field : invite.fields())
    if (is_copied(field.name) || (is_credential(field.name) && credentials == Credentials::copied))
      text += field.line;
  const auto cseq = CSeq::parse(invite.value(HeaderName::cseq).value_or(std::string_view()));
  if (cseq) text.append("CSeq: ").append(std::to_string(cseq->number)).append(" ").append(method) += "\r\n";
  return text;
}

std::string with_to(std::string text, std::string_view to) {
  return std::move(text.append("To: ").append(to).append("\r\nContent-Length: 0\r\n\r\n"));
}

std::string_view to_of(const MessageView& invite) {
  return invite.value(HeaderName::to).value_or(std::string_view());
}

}  // namespace

std::string abridged_invite(const MessageView& invite) {
  return with_to(beginning(invite, "INVITE", Credentials::copied), to_of(invite));
}

std::string ack_of(const MessageView& invite, std::string_view to) {
  return with_to(beginning(invite, "ACK", Credentials::copied), to);
}

std::string cancel_of(const MessageView& invite) {
  return with_to(beginning(invite, "CANCEL", Credentials::left_out), to_of(invite));
}

}  // namespace sip
