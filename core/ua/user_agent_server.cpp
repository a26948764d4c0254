#include "ua/user_agent_server.h"

#include <utility>

#include "message/message.h"

namespace sip {

std::string UserAgentServer::response(const MessageView& request, const Judgement& judgement,
                                      std::string to_tag) {
  if (to_tag.empty()) to_tag = random_.token(10);
  Message response = Message::response_to(request, judgement.status, to_tag);
  for (const auto& [name, value] : judgement.headers) response.add(name, value);
  return response.finish();
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
