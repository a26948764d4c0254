#include "ua/user_agent_server.h"

#include <utility>

#include "im/recipient.h"
#include "message/message.h"

namespace sip {
namespace {

/// Too much waits for the driver, or it does not answer (21.4.18, 21.5.1, 20.33). RFC 4320 4.2 leaves nobody
/// a 408, and 503 would speak of a whole server.
Judgement later(int status) { return {.status = status, .headers = {{HeaderName::retry_after, "10"}}}; }

}  // namespace

void UserAgentServer::receive(Now now, TransactionId id, const MessageView& request,
                              const MandatoryHeaders& headers) {
  const std::string peer = peer_key(headers.from.uri.text);
  WaitingRequest arrived{id, peer, now.mono + patience_, draw_tag(), {end_to_end_, peer}};
  if (request.method() != "MESSAGE" || !waiting_.has(peer))
    return process(now, request, headers, std::move(arrived));
  if (waiting_.is_full_for(peer)) return respond(now, request, arrived, later(480));
  arrived.text = request.text();
  waiting_.add(std::move(arrived));
}

void UserAgentServer::cancel(Now now, const TransactionLayer::Received& received,
                             const MessageView& request) {
  // The answer to both SHOULD have the same tag.
  std::string tag = layer_.to_tag(received.cancelled);
  if (const WaitingRequest* waiting = waiting_.find(received.cancelled)) tag = waiting->to_tag;
  if (tag.empty()) tag = draw_tag();
  layer_.respond(now, received.id, 200, Message::response_to(request, 200, tag).finish());
}

bool UserAgentServer::answer(Now now, JobId job, Answer& answer) {
  auto waited = waiting_.answered(job, answer);
  if (!waited) return false;
  const std::string peer = waited->peer;
  resume(now, std::move(*waited));
  resume_behind(now, peer);
  return true;
}

void UserAgentServer::trying(Now now, TransactionId id) {
  if (const WaitingRequest* waiting = waiting_.find(id))
    respond(now, *MessageView::parse(waiting->text), *waiting, {.status = 100, .headers = {}});
}

void UserAgentServer::advance(Now now) {
  while (const auto forgotten = waiting_.overdue(now)) {
    respond(now, *MessageView::parse(forgotten->text), *forgotten, later(500));
    resume_behind(now, forgotten->peer);
  }
}

/// Answers a request, or has it wait for the answer to a question.
void UserAgentServer::process(Now now, const MessageView& request, const MandatoryHeaders& headers,
                              WaitingRequest arrived) {
  auto verdict = messenger_.receive(now, request, headers, arrived.answers);
  auto* question = std::get_if<Question>(&verdict);
  if (!question) return respond(now, request, arrived, std::get<Judgement>(verdict));
  if (waiting_.is_full_for(arrived.peer)) return respond(now, request, arrived, later(480));
  arrived.job = messenger_.ask(std::move(*question));
  arrived.text = std::string(request.text());
  waiting_.add(std::move(arrived));
}

void UserAgentServer::resume(Now now, WaitingRequest waited) {
  const std::string text = std::move(waited.text);
  auto request = MessageView::parse(text);
  request->trim_body(MessageView::Framing::datagram);
  process(now, *request, *MandatoryHeaders::parse(*request), std::move(waited));
}

/// Those that came after one that has its answer, up to the next that has to ask.
void UserAgentServer::resume_behind(Now now, const std::string& peer) {
  while (auto next = waiting_.next_of(peer)) resume(now, std::move(*next));
}

void UserAgentServer::respond(Now now, const MessageView& request, const WaitingRequest& arrived,
                              const Judgement& judgement) {
  Message response = Message::response_to(request, judgement.status, arrived.to_tag);
  for (const auto& [name, value] : judgement.headers) response.add(name, value);
  layer_.respond(now, arrived.transaction, judgement.status,
                 response.finish(judgement.content_type, judgement.body));
}

std::optional<std::string> UserAgentServer::stateless_response(const MessageView& request, int status,
                                                               std::string_view phrase) const {
  StatelessUas::Fields fields;
  if (status == 405 || status == 501) fields.emplace_back(HeaderName::allow, served_methods);
  return stateless_.respond(request, status, phrase, fields);
}

std::optional<std::string> UserAgentServer::answer_to_unreadable(std::string_view text,
                                                                 const Error& error) const {
  if (error.code != Errc::too_large) return std::nullopt;
  const auto request = MessageView::parse_overlarge(text);
  if (!request) return std::nullopt;
  return stateless_response(*request, 513);
}

}  // namespace sip
