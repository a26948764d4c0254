#include "im/inbox.h"

#include "base/ascii.h"
#include "base/encoding.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "im/recipient.h"
#include "message/date.h"
#include "message/method.h"

namespace sip {
namespace {

Judgement refuse(int status) { return {.status = status, .headers = {}}; }

/// 8.2.1, 21.5.2: what is known and not served gets 405, what is not even known 501.
Judgement refuse_method(std::string_view method) {
  return {.status = is_known_method(method) ? 405 : 501,
          .headers = {{HeaderName::allow, std::string(served_methods)}},
          .message = {}};
}

/// RFC 3261 8.2.2.3: extensions that must be understood and are not. None is.
std::string unsupported_extensions(const MessageView& request) {
  std::string list;
  ValueReader reader(request, HeaderName::require);
  while (const auto option = reader.next()) {
    if (option->empty()) continue;
    if (!list.empty()) list += ", ";
    list += *option;
  }
  return list;
}

/// What a repeat has in common with the first (docs/adr/0003, 0005): Call-ID and From tag, and the Date of
/// its first sending with the text, in CPIM or not; without a Date, the CSeq.
std::string identity(const MessageView& request, const MandatoryHeaders& headers, const Content& content) {
  std::string key = std::string(headers.call_id) + "\n" + std::string(headers.from.tag()) + "\n";
  if (const auto date = request.value(HeaderName::date))
    return key + std::string(*date) + "\n" + sha256_hex(content.is_text() ? content.text : request.body());
  return key + std::to_string(headers.cseq.number);
}

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
  message.content_type = std::move(content.type);
  message.body = std::move(content.text);
  message.id = content.message_id.empty() ? std::string(headers.call_id) : std::move(content.message_id);
  auto date = content.sent;
  if (!date) date = parse_date(request.value(HeaderName::date).value_or(std::string_view{}));
  message.sent = date && *date <= now.wall ? *date : now.wall;
  message.protection = content.protection;
  message.signer = std::move(content.signer);
  return message;
}

}  // namespace

std::variant<Judgement, Question> Inbox::judge(Now now, const MessageView& request,
                                               const MandatoryHeaders& headers, ContentAnswers& answers) {
  Judgement said = judgement(now, request, headers, answers);
  if (auto question = answers.take_question()) return *std::move(question);
  return said;
}

Judgement Inbox::judgement(Now now, const MessageView& request, const MandatoryHeaders& headers,
                           ContentAnswers& answers) {
  // 7.1: SIP-Version is case-insensitive.
  if (!equal_ignoring_case(request.version(), "SIP/2.0")) return refuse(505);
  // A Request-URI that is none makes the request malformed (7.1), whatever its method; one too long is not
  // read (21.4.12).
  const auto uri = Uri::parse(request.request_uri());
  if (!uri) return refuse(uri.error().code == Errc::too_large ? 414 : 400);
  // 8.2.1: the method first, then To and Request-URI, then Require, then the content.
  if (request.method() == "CANCEL") return refuse(481);
  if (request.method() != "MESSAGE" && request.method() != "OPTIONS") return refuse_method(request.method());
  if (!uri->is_sip()) return refuse(416);
  if (std::string unsupported = unsupported_extensions(request); !unsupported.empty())
    return {.status = 420, .headers = {{HeaderName::unsupported, std::move(unsupported)}}};
  if (request.method() == "MESSAGE") return take_message(now, request, headers, answers);
  return {.status = 200,
          .headers = {{HeaderName::allow, std::string(served_methods)},
                      {HeaderName::accept, accepted_types(end_to_end_)},
                      {HeaderName::supported, "outbound, path"}}};
}

Judgement Inbox::take_message(Now now, const MessageView& request, const MandatoryHeaders& headers,
                              ContentAnswers& answers) {
  const std::string content_type(request.value(HeaderName::content_type).value_or("text/plain"));
  const auto encoding = request.value(HeaderName::content_encoding);
  // RFC 3428 7, RFC 3261 8.2.3: 415 names what would have been understood.
  if (encoding && !equal_ignoring_case(*encoding, "identity"))
    return {.status = 415, .headers = {{HeaderName::accept_encoding, "identity"}}};
  auto content = Content::parse(content_type, request.body(), answers);
  if (!content) return refuse_content(content.error(), answers);
  Judgement judgement;
  judgement.from = peer_key(headers.from.uri.text);
  judgement.is_cpim = content->is_cpim;
  judgement.composing = content->composing;
  if (content->composing || !is_new(request, headers, *content)) return judgement;
  judgement.notifications = std::move(content->notifications);
  if (!judgement.notifications.empty()) return judgement;
  judgement.request = std::move(content->request);
  judgement.message = incoming(now, request, headers, std::move(*content), judgement.from);
  return judgement;
}

Judgement Inbox::refuse_content(const Error& error, const ContentAnswers& answers) const {
  if (error.code == Errc::unsupported)
    return {.status = 415, .headers = {{HeaderName::accept, accepted_types(end_to_end_)}}};
  if (error.code != Errc::undecipherable) return refuse(400);
  // RFC 3261 23.2: MUST be rejected with 493, which SHOULD bring the right certificate along.
  Judgement undecipherable = refuse(493);
  const NotOpened* refusal = answers.refusal();
  if (refusal && is_content_type(refusal->content_type)) {
    undecipherable.content_type = refusal->content_type;
    undecipherable.body = refusal->body;
  }
  return undecipherable;
}

/// A message that travels under its Message-ID may come again under another Call-ID, from a server that
/// stored it or over another way (docs/adr/0005). Status messages are not remembered: they repeat themselves.
bool Inbox::is_new(const MessageView& request, const MandatoryHeaders& headers, const Content& content) {
  const bool is_new_request = remember(identity(request, headers, content));
  if (content.message_id.empty()) return is_new_request;
  const bool is_new_id = remember("Message-ID\n" + content.writer + "\n" + content.message_id);
  return is_new_request && is_new_id;
}

bool Inbox::remember(std::string key) {
  if (!seen_.insert(key).second) return false;
  oldest_first_.push_back(std::move(key));
  if (oldest_first_.size() > max_remembered) {
    seen_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return true;
}

}  // namespace sip
