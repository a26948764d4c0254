#include "im/inbox.h"

#include <utility>

#include "base/ascii.h"
#include "im/message_identity.h"
#include "im/recipient.h"
#include "message/im_uri.h"
#include "message/method.h"
#include "message/tel_uri.h"

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

/// 8.2.2.1: 416 is for a scheme that is not supported. Whatever our server sends over the one flow between us
/// is for the one person here, whom it also knows by a number or by an im URI that somebody on the way left
/// as it was (RFC 3428 5); both schemes are understood.
bool is_served(const Uri& uri) { return uri.is_sip() || ImUri::parse(uri.text) || TelUri::parse(uri.text); }

/// The request as the MIME entity that it is (7.4). SIP knows no transfer encoding.
MimeEntity body_of(const MessageView& request) {
  const auto value = [&](HeaderName name) { return request.value(name).value_or(std::string_view{}); };
  return {.content_type = value(HeaderName::content_type),
          .content_disposition = value(HeaderName::content_disposition),
          .content_encoding = value(HeaderName::content_encoding),
          .content_language = value(HeaderName::content_language),
          .body = request.body()};
}

/// What is understood, for 415 and for the answer to OPTIONS. A text is shown whatever its language.
Judgement tell_understood(int status, EndToEnd end_to_end) {
  return {.status = status,
          .headers = {{HeaderName::accept, accepted_types(end_to_end)},
                      {HeaderName::accept_encoding, "identity"},
                      {HeaderName::accept_language, "*"}}};
}

/// 11.2.
Judgement tell_capabilities(EndToEnd end_to_end) {
  Judgement judgement = tell_understood(200, end_to_end);
  judgement.headers.emplace_back(HeaderName::allow, std::string(served_methods));
  judgement.headers.emplace_back(HeaderName::supported, "outbound, path");
  return judgement;
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
  if (!is_served(*uri)) return refuse(416);
  if (std::string unsupported = unsupported_extensions(request); !unsupported.empty())
    return {.status = 420, .headers = {{HeaderName::unsupported, std::move(unsupported)}}};
  return request.method() == "MESSAGE" ? take_message(now, request, headers, answers)
                                       : tell_capabilities(end_to_end_);
}

Judgement Inbox::take_message(Now now, const MessageView& request, const MandatoryHeaders& headers,
                              ContentAnswers& answers) {
  auto content = Content::parse(body_of(request), answers);
  if (!content) return refuse_content(content.error(), answers);
  Judgement judgement;
  judgement.from = peer_key(headers.from.uri.text);
  judgement.is_cpim = content->is_cpim;
  Body& body = content->body;
  // A text ends the composing that it came with (RFC 3994 3.3).
  if (!body.text) judgement.composing = body.composing;
  if (judgement.composing || !is_new(request, headers, *content)) return judgement;
  judgement.notifications = std::move(body.notifications);
  judgement.request = std::move(content->request);
  const bool has_text = body.text.has_value();
  Incoming message = incoming(now, request, headers, std::move(*content), judgement.from);
  // RFC 5621 8.1: where all of the body was passed over, as its sender allowed, the subject is the message.
  const bool is_message = has_text || (judgement.notifications.empty() && !message.fields.subject.empty());
  if (is_message) judgement.message = std::move(message);
  return judgement;
}

/// 8.2.3, RFC 3428 9 table 1: 415 names what would have been understood. 21.4.11: 413 for more than is read.
Judgement Inbox::refuse_content(const Error& error, const ContentAnswers& answers) const {
  if (error.code == Errc::unsupported) return tell_understood(415, end_to_end_);
  if (error.code == Errc::too_large) return refuse(413);
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
  const std::string_view text = content.body.text ? std::string_view(*content.body.text) : request.body();
  MessageIdentity identity = MessageIdentity::of(request, headers, text);
  const bool is_known = !identity.other.empty() && seen_.contains(identity.other);
  const bool is_new_request = remember(std::move(identity.key)) && !is_known;
  if (!identity.alias.empty()) remember(std::move(identity.alias));
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
