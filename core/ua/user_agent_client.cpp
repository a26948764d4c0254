#include "ua/user_agent_client.h"

#include <utility>

namespace sip {
namespace {

/// One request is challenged by a proxy and by a registrar, and once more for a stale nonce each.
constexpr unsigned max_challenges = 4;

/// 8.1.1.5: a client may count from the seconds of its clock, so that a reload goes on above.
std::uint32_t first_cseq(UnixTime wall) {
  return static_cast<std::uint32_t>(wall.time_since_epoch().count() / 1000) & 0x3fff'ffff;
}

}  // namespace

UserAgentClient::UserAgentClient(const Account& account, Random random)
    : builder_(account, random.split()), authentication_(account, random.split()) {}

void UserAgentClient::start(UnixTime wall) {
  if (register_cseq_ == 0) register_cseq_ = message_cseq_ = first_cseq(wall);
}

RequestBuilder::Request UserAgentClient::write(ClientRequest& request, Protocol protocol) {
  const std::uint32_t cseq = request.is_register() ? ++register_cseq_ : ++message_cseq_;
  request.signature = authentication_.sign(
      request.audience(), {.method = request.method(), .uri = request.uri(), .body = request.body()},
      protocol);
  const RequestBuilder::Frame frame{protocol, cseq, request.signature.fields};
  if (const auto& message = request.message)
    return builder_.message(frame, message->draft, {message->recipient, message->target});
  return request.is_register() ? builder_.register_request(frame, request.wish)
                               : builder_.options(frame, request.call_id, request.asked);
}

std::optional<ClientRequest> UserAgentClient::take(TransactionId id) {
  auto node = pending_.extract(id);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

bool UserAgentClient::is_ours(const MessageView& response, const MandatoryHeaders& headers) const {
  ValueReader vias(response, HeaderName::via);
  vias.next();
  return headers.via.host == builder_.sent_by() && !vias.next();
}

UserAgentClient::Verdict UserAgentClient::judge(ClientRequest& request, const MessageView& response,
                                                Protocol protocol) {
  const int status = response.status();
  if (status == 401 || status == 407) return challenged(request, response, protocol);
  const auto authenticity = authentication_.confirmed(response, request.audience(), request.signature);
  return authenticity == DigestClient::Authenticity::forged ? Verdict::forged : Verdict::answered;
}

UserAgentClient::Verdict UserAgentClient::challenged(ClientRequest& request, const MessageView& response,
                                                     Protocol protocol) {
  const auto verdict = authentication_.challenged(response, request.audience(), request.signature, protocol);
  if (verdict == DigestClient::Verdict::retry && request.challenges < max_challenges) {
    ++request.challenges;
    return Verdict::again;
  }
  const bool wants_token = request.is_register() && BearerChallenge::first(response);
  const bool has_none_that_does =
      verdict == DigestClient::Verdict::unsupported || authentication_.token_was_shown_to_registrar();
  return wants_token && has_none_that_does ? Verdict::token_needed : Verdict::refused;
}

std::size_t UserAgentClient::size(const Draft& draft, std::string_view recipient, Protocol protocol) const {
  RequestBuilder builder = builder_;
  const auto signature =
      authentication_.sign_on_trial(ClientAuthentication::Audience::to_others,
                                    {.method = "MESSAGE", .uri = recipient, .body = draft.body}, protocol);
  return builder.message({protocol, message_cseq_, signature.fields}, draft, {recipient, recipient})
      .text.size();
}

}  // namespace sip
