#include "ua/user_agent.h"

#include <utility>

#include "base/ascii.h"
#include "base/utf8.h"
#include "im/recipient.h"
#include "message/media_type.h"
#include "message/message.h"
#include "message/scanner.h"
#include "transport/keepalive.h"
#include "transport/size_rule.h"

namespace sip {
namespace {

/// One request is challenged by a proxy and by a registrar, and once more for a stale nonce each.
constexpr unsigned max_challenges = 4;

/// One person's, so that a server which floods its client does not fill a browser's memory.
constexpr TransactionLayer::Limits transaction_limits{.transactions = 10'000, .bytes = std::size_t{16} << 20};

std::optional<Seconds> retry_after(const MessageView& response) {
  const auto value = response.value(HeaderName::retry_after);
  if (!value) return std::nullopt;
  Scanner scanner(*value);
  const auto seconds = parse_decimal(scanner.digits(), 0xffff'ffff);
  if (!seconds) return std::nullopt;
  return Seconds(static_cast<std::int64_t>(*seconds));
}

/// 8.1.1.5: a client may count from the seconds of its clock, so that a reload goes on above.
std::uint32_t first_cseq(UnixTime wall) {
  return static_cast<std::uint32_t>(wall.time_since_epoch().count() / 1000) & 0x3fff'ffff;
}

}  // namespace

UserAgent::UserAgent(const Account& account, const Seed& seed, Timers timers)
    : random_(seed),
      builder_(account, random_.split()),
      authentication_(account, random_.split()),
      registration_(account, builder_.registrar(), random_.split()),
      layer_(timers, transaction_limits),
      stateless_(random_.split()),
      messenger_({account.address, account.display_name}, account.receipts, random_.split()) {}

void UserAgent::start(Now now) {
  if (register_cseq_ == 0) register_cseq_ = message_cseq_ = first_cseq(now.wall);
  registration_.start();
  pump(now);
}

void UserAgent::stop(Now now) {
  registration_.stop(now);
  pump(now);
}

void UserAgent::network_available(Now now) {
  registration_.network_available(now);
  pump(now);
}

MessageId UserAgent::send(Now now, Draft draft) {
  if (!is_token(draft.id)) draft.id = random_.token(24);
  if (draft.first_sent == UnixTime{}) draft.first_sent = now.wall;
  MessageId id = draft.id;
  auto recipient = recipient_uri(draft.to, builder_.domain());
  if (!recipient) {
    messenger_.refuse(id, FailureReason::bad_recipient, 0);
  } else if (!is_utf8(draft.body) || !MediaType::parse(draft.content_type)) {
    messenger_.refuse(id, FailureReason::bad_content, 0);
  } else if (const std::size_t over = excess_of(draft, *recipient); over > 0) {
    messenger_.refuse(id, FailureReason::too_long, over);
  } else {
    messenger_.send(std::move(draft), std::move(*recipient));
  }
  pump(now);
  return id;
}

void UserAgent::composing(Now now, std::string_view to, IsComposing::State state) {
  // Offline nobody can be told, and nothing is kept to be told later.
  const bool is_of_use = registration_.is_registered() || state == IsComposing::State::idle;
  if (const auto recipient = recipient_uri(to, builder_.domain()); recipient && is_of_use)
    messenger_.composing(now, *recipient, state);
  pump(now);
}

void UserAgent::displayed(Now now, const MessageId& id) {
  messenger_.displayed(now, id);
  pump(now);
}

std::size_t UserAgent::excess(const Draft& draft) const {
  Draft whole = draft;
  if (whole.id.empty()) whole.id = Random(Seed{}).token(24);
  const auto recipient = recipient_uri(draft.to, builder_.domain());
  return excess_of(whole, recipient.value_or(draft.to));
}

/// Measured on the request itself, written with copies of what draws chance and counts.
std::size_t UserAgent::excess_of(const Draft& draft, std::string_view recipient) const {
  RequestBuilder builder = builder_;
  const auto signature = authentication_.sign_on_trial(
      ClientAuthentication::Audience::to_others, {.method = "MESSAGE", .uri = recipient, .body = draft.body},
      server_.endpoint.protocol);
  return sip::excess(builder.message(frame(message_cseq_, signature.fields), draft, recipient).text.size());
}

RequestBuilder::Frame UserAgent::frame(std::uint32_t cseq,
                                       const RequestBuilder::Authorization& authorization) const {
  return {server_.endpoint.protocol, cseq, authorization};
}

void UserAgent::flow_opened(Now now, FlowId flow, Protocol protocol) {
  registration_.flow_opened(flow, protocol);
  if (registration_.flow() == flow) server_ = {flow, {protocol, {}, 0}};
  pump(now);
}

void UserAgent::flow_closed(Now now, FlowId flow) {
  if (registration_.flow_closed(now, flow)) leave_flow();
  pump(now);
}

void UserAgent::receive(Now now, FlowId flow, std::string_view text) {
  if (flow == FlowId::none || flow != registration_.flow()) return;
  if (is_keepalive(text)) return registration_.pong();
  auto message = MessageView::parse(text);
  if (!message) return receive_unreadable(text, message.error());
  const auto framing =
      is_websocket(server_.endpoint.protocol) ? MessageView::Framing::exact : MessageView::Framing::datagram;
  const auto bad_length = message->trim_body(framing);
  const auto headers = MandatoryHeaders::parse(*message);
  // 18.3, 8.2: what is malformed gets 400 when it is a request, and is dropped when it is a response.
  if (bad_length) {
    answer_statelessly(*message, 400, "Bad Content-Length");
  } else if (!headers) {
    const int status = defect_status(*message, headers.error());
    answer_statelessly(*message, status,
                       status == 400 ? "Bad " + std::string(headers.error().what) : std::string());
  } else if (!message->is_request()) {
    receive_response(now, *message, *headers);
  } else {
    receive_request(now, *message, *headers);
  }
  pump(now);
}

/// 21.5.7: what is past a limit is refused where it can be answered; what is no SIP message is dropped.
void UserAgent::receive_unreadable(std::string_view text, const Error& error) {
  if (error.code != Errc::too_large) return;
  if (const auto request = MessageView::parse_overlarge(text)) answer_statelessly(*request, 513);
}

void UserAgent::advance(Now now) {
  registration_.advance(now);
  layer_.advance(now);
  messenger_.advance(now);
  pump(now);
}

std::optional<UserAgent::Output> UserAgent::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

Deadline UserAgent::deadline() const {
  const Deadline waiting = registration_.is_registered() ? messenger_.next_deadline() : Deadline();
  return earlier(earlier(layer_.deadline(), registration_.deadline()),
                 earlier(messenger_.deadline(), waiting));
}

/// Lets every part act on what the others said, until all is quiet.
void UserAgent::pump(Now now) {
  for (bool busy = true; busy;) {
    busy = false;
    while (auto action = registration_.poll()) {
      obey(now, std::move(*action));
      busy = true;
    }
    while (registration_.is_registered()) {
      auto outgoing = messenger_.next(now);
      if (!outgoing) break;
      transmit(now, {.message = std::move(*outgoing)});
      busy = true;
    }
    while (auto output = messenger_.poll()) tell(now, std::move(*output));
    while (const auto event = layer_.poll()) {
      finished(now, *event);
      busy = true;
    }
  }
}

void UserAgent::tell(Now now, Messenger::Output output) {
  if (auto* message = std::get_if<Incoming>(&output)) {
    outputs_.emplace_back(MessageReceived{std::move(message->from), std::move(message->display_name),
                                          std::move(message->content_type), std::move(message->body),
                                          std::move(message->id), message->sent});
  } else if (auto* delivery = std::get_if<Delivery>(&output)) {
    outputs_.emplace_back(DeliveryChanged{std::move(*delivery)});
  } else if (auto* composing = std::get_if<PeerComposing>(&output)) {
    outputs_.emplace_back(std::move(*composing));
  } else if (auto* ask = std::get_if<Messenger::AskCapabilities>(&output)) {
    transmit(now, {.asked = std::move(ask->recipient), .call_id = random_.token(24)});
  }
}

void UserAgent::obey(Now now, Registration::Action action) {
  if (const auto* open = std::get_if<Registration::Open>(&action)) {
    outputs_.emplace_back(OpenFlow{open->server});
  } else if (const auto* close = std::get_if<Registration::Close>(&action)) {
    outputs_.emplace_back(CloseFlow{close->flow});
    if (close->flow == server_.flow) leave_flow();
  } else if (auto* wish = std::get_if<Registration::Register>(&action)) {
    transmit(now, {.wish = std::move(*wish)});
  } else if (std::holds_alternative<Registration::Ping>(action)) {
    outputs_.emplace_back(SendBytes{server_.flow, std::string(ping)});
  } else if (auto* registered = std::get_if<Registration::Registered>(&action)) {
    // RFC 3608 6.1: that of the latest 200, even if it has none.
    builder_.service_route(std::move(registered->route));
    GrantedBinding& binding = registered->binding;
    outputs_.emplace_back(
        Registered{binding.expires, std::move(binding.public_gruu), std::move(binding.temporary_gruu)});
  } else if (std::holds_alternative<Registration::Unregistered>(action)) {
    builder_.service_route({});
    outputs_.emplace_back(Unregistered{});
  } else if (auto* failed = std::get_if<Registration::Failed>(&action)) {
    if (!failed->retry_in) builder_.service_route({});
    outputs_.emplace_back(RegistrationFailed{failed->trouble, failed->status, std::move(failed->phrase),
                                             failed->retry_in, std::move(failed->authz_server),
                                             std::move(failed->scope)});
  }
}

std::string_view UserAgent::method(const Pending& pending) {
  if (pending.message) return "MESSAGE";
  return pending.is_register() ? "REGISTER" : "OPTIONS";
}

std::string_view UserAgent::request_uri(const Pending& pending) {
  if (pending.message) return pending.message->recipient;
  return pending.is_register() ? pending.wish.registrar : pending.asked;
}

ClientAuthentication::Audience UserAgent::audience(const Pending& pending) {
  using Audience = ClientAuthentication::Audience;
  return pending.is_register() ? Audience::to_registrar : Audience::to_others;
}

RequestBuilder::Request UserAgent::signed_request(std::uint32_t cseq, Pending& pending) {
  const std::string_view body = pending.message ? std::string_view(pending.message->draft.body) : "";
  pending.signature = authentication_.sign(
      audience(pending), {.method = method(pending), .uri = request_uri(pending), .body = body},
      server_.endpoint.protocol);
  const auto its_frame = frame(cseq, pending.signature.fields);
  if (pending.message) return builder_.message(its_frame, pending.message->draft, pending.message->recipient);
  return pending.is_register() ? builder_.register_request(its_frame, pending.wish)
                               : builder_.options(its_frame, pending.call_id, pending.asked);
}

/// CPIM that takes a message over the limit of RFC 3428 8 is left away.
RequestBuilder::Request UserAgent::fitting_request(std::uint32_t cseq, Pending& pending) {
  auto request = signed_request(cseq, pending);
  const bool is_cpim = pending.message && pending.message->is_cpim;
  if (!is_cpim || sip::excess(request.text.size()) == 0) return request;
  messenger_.unwrap(*pending.message);
  return signed_request(cseq, pending);
}

/// Sends a request, or sends it again with an answer to a challenge: a new transaction each (8.1.3.5).
void UserAgent::transmit(Now now, Pending pending) {
  const std::uint32_t cseq = pending.is_register() ? ++register_cseq_ : ++message_cseq_;
  auto request = fitting_request(cseq, pending);
  // RFC 3428 8: credentials that it did not carry before may have taken it over the limit.
  if (const std::size_t over = pending.message ? sip::excess(request.text.size()) : 0; over > 0) {
    messenger_.refuse(pending.message->draft.id, FailureReason::too_long, over);
    return;
  }
  const TransactionId id =
      layer_.request(now, server_, request.branch, method(pending), std::move(request.text));
  pending_.emplace(id, std::move(pending));
}

/// What the transactions say apart from responses.
void UserAgent::finished(Now now, const TransactionLayer::Event& event) {
  if (const auto* send = std::get_if<TransactionLayer::Send>(&event)) {
    outputs_.emplace_back(SendBytes{send->to.flow, send->text});
  } else if (const auto* timeout = std::get_if<TransactionLayer::TimedOut>(&event)) {
    const auto node = pending_.extract(timeout->client);
    if (node.empty()) return;
    const Pending& pending = node.mapped();
    if (pending.message) {
      messenger_.unanswered(now, *pending.message);
    } else if (pending.asked.empty()) {
      registration_.unanswered(now);
    }
  }
  // A TransportFailed follows from leave_flow(), which has told everyone. TryingDue can't come: every request
  // is answered at once. Unacknowledged changes nothing: what was refused stays refused.
}

void UserAgent::receive_request(Now now, const MessageView& request, const MandatoryHeaders& headers) {
  const auto received = layer_.receive(now, server_, request, headers);
  if (received.kind == TransactionLayer::Kind::overloaded) answer_statelessly(request, 503);
  const bool is_cancel = received.kind == TransactionLayer::Kind::cancel;
  if (!is_cancel && received.kind != TransactionLayer::Kind::new_request) return;
  // 9.2: what a CANCEL means has its final response here, and goes on as if nothing had come.
  const bool is_in_vain = is_cancel && received.cancelled != TransactionId::none;
  const Judgement judgement = is_in_vain ? Judgement{} : messenger_.receive(now, request, headers);
  std::string tag = layer_.to_tag(received.cancelled);
  if (tag.empty()) tag = random_.token(10);
  Message response = Message::response_to(request, judgement.status, tag);
  for (const auto& [name, value] : judgement.headers) response.add(name, value);
  layer_.respond(now, received.id, judgement.status, response.finish());
}

void UserAgent::receive_response(Now now, const MessageView& response, const MandatoryHeaders& headers) {
  // 18.1.2, 8.1.3.3: a response whose topmost Via is not ours, or not the only one, is not for us.
  ValueReader vias(response, HeaderName::via);
  vias.next();
  if (headers.via.host != builder_.sent_by() || vias.next()) return;
  const auto received = layer_.receive(now, server_, response, headers);
  const int status = response.status();
  if (received.kind != TransactionLayer::Kind::response || status < 200) return;
  auto node = pending_.extract(received.id);
  if (node.empty()) return;
  Pending pending = std::move(node.mapped());
  if (status == 401 || status == 407) {
    challenged(now, std::move(pending), response);
  } else if (authentication_.confirmed(response, audience(pending), pending.signature) ==
             DigestClient::Authenticity::forged) {
    // RFC 7616 3.5: who answers does not know the password, so that nothing it says counts, and another try
    // would meet it again.
    give_up(pending, status, "Wrong rspauth");
  } else if (pending.message) {
    const auto next = messenger_.answered(now, *pending.message, response, retry_after(response));
    if (next == Messenger::Next::again) transmit(now, std::move(pending));
  } else if (!pending.asked.empty()) {
    messenger_.capabilities(pending.asked, response);
  } else {
    registration_.answered(now, response, builder_.contact());
  }
}

void UserAgent::challenged(Now now, Pending pending, const MessageView& response) {
  const auto verdict =
      authentication_.challenged(response, audience(pending), pending.signature, server_.endpoint.protocol);
  const auto wanted = pending.is_register() ? BearerChallenge::first(response) : std::nullopt;
  if (verdict == DigestClient::Verdict::retry && pending.challenges < max_challenges) {
    ++pending.challenges;
    transmit(now, std::move(pending));
  } else if (wanted && (verdict == DigestClient::Verdict::unsupported ||
                        authentication_.token_was_shown_to_registrar())) {
    registration_.token_refused(response.status(), response.reason(), *wanted);
  } else {
    give_up(pending, response.status(), response.reason());
  }
}

/// Server and we don't agree on the password.
void UserAgent::give_up(const Pending& pending, int status, std::string_view phrase) {
  if (pending.message) {
    messenger_.unauthorized(*pending.message, status, phrase);
  } else if (pending.is_register()) {
    registration_.credentials_refused(status, phrase);
  }
}

void UserAgent::answer_statelessly(const MessageView& request, int status, std::string_view phrase) {
  StatelessUas::Fields fields;
  if (status == 405 || status == 501) fields.emplace_back(HeaderName::allow, served_methods);
  if (auto response = stateless_.respond(request, status, phrase, fields))
    outputs_.emplace_back(SendBytes{server_.flow, std::move(*response)});
}

/// The flow is gone: what is under way waits for the next one.
void UserAgent::leave_flow() {
  layer_.flow_closed(server_.flow);
  pending_.clear();
  messenger_.connection_lost();
  server_ = {FlowId::none, {server_.endpoint.protocol, {}, 0}};
}

}  // namespace sip
