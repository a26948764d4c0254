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

Credentials credentials_of(const Account& account) {
  Credentials credentials = account.credentials;
  const auto uri = Uri::parse(account.address);
  if (credentials.username.empty() && uri) credentials.username = uri->user;
  return credentials;
}

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
      register_digest_(credentials_of(account), random_.split()),
      message_digest_(credentials_of(account), random_.split()),
      registration_(account.expires, random_.split()),
      layer_(timers),
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
  DigestClient digest = message_digest_;
  RequestBuilder builder = builder_;
  const auto authorization = digest.authorization("MESSAGE", recipient);
  return sip::excess(builder.message(frame(message_cseq_, authorization), draft, recipient).text.size());
}

RequestBuilder::Frame UserAgent::frame(std::uint32_t cseq,
                                       const RequestBuilder::Authorization& authorization) const {
  return {server_.endpoint.protocol, cseq, authorization};
}

void UserAgent::flow_opened(Now now, FlowId flow, Protocol protocol) {
  registration_.flow_opened(flow);
  if (registration_.flow() == flow) server_ = {flow, {protocol, {}, 0}};
  pump(now);
}

void UserAgent::flow_closed(Now now, FlowId flow) {
  if (registration_.flow_closed(now, flow)) leave_flow();
  pump(now);
}

void UserAgent::receive(Now now, FlowId flow, std::string_view text) {
  if (flow == FlowId::none || flow != registration_.flow()) return;
  registration_.heard();
  auto message = MessageView::parse(text);
  if (is_keepalive(text) || !message) return;
  const auto framing =
      is_websocket(server_.endpoint.protocol) ? MessageView::Framing::exact : MessageView::Framing::datagram;
  const auto bad_length = message->trim_body(framing);
  const auto headers = MandatoryHeaders::parse(*message);
  // 18.3, 8.2: what is malformed gets 400 when it is a request, and is dropped when it is a response.
  if (bad_length || !headers) {
    const std::string_view what = bad_length ? "Content-Length" : headers.error().what;
    answer_statelessly(*message, 400, "Bad " + std::string(what));
  } else if (!message->is_request()) {
    receive_response(now, *message, *headers);
  } else if (message->method() != "ACK") {
    receive_request(now, *message, *headers);
  }
  pump(now);
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
  if (std::holds_alternative<Registration::Open>(action)) {
    outputs_.emplace_back(OpenFlow{});
  } else if (const auto* close = std::get_if<Registration::Close>(&action)) {
    outputs_.emplace_back(CloseFlow{close->flow});
    if (close->flow == server_.flow) leave_flow();
  } else if (const auto* wish = std::get_if<Registration::Register>(&action)) {
    transmit(now, {.expires = wish->expires});
  } else if (std::holds_alternative<Registration::Ping>(action)) {
    outputs_.emplace_back(SendBytes{server_.flow, std::string(ping)});
  } else if (const auto* registered = std::get_if<Registration::Registered>(&action)) {
    outputs_.emplace_back(Registered{registered->expires});
  } else if (std::holds_alternative<Registration::Unregistered>(action)) {
    outputs_.emplace_back(Unregistered{});
  } else if (auto* failed = std::get_if<Registration::Failed>(&action)) {
    outputs_.emplace_back(
        RegistrationFailed{failed->trouble, failed->status, std::move(failed->phrase), failed->retry_in});
  }
}

std::string_view UserAgent::method(const Pending& pending) const {
  if (pending.message) return "MESSAGE";
  return pending.asked.empty() ? "REGISTER" : "OPTIONS";
}

std::string_view UserAgent::request_uri(const Pending& pending) const {
  if (pending.message) return pending.message->recipient;
  return pending.asked.empty() ? std::string_view(builder_.registrar()) : pending.asked;
}

/// The request. CPIM that takes a message over the limit of RFC 3428 8 is left away.
RequestBuilder::Request UserAgent::written(std::uint32_t cseq,
                                           const RequestBuilder::Authorization& authorization,
                                           Pending& pending) {
  const auto its_frame = frame(cseq, authorization);
  if (!pending.asked.empty()) return builder_.options(its_frame, pending.call_id, pending.asked);
  if (!pending.message) return builder_.register_request(its_frame, pending.expires);
  auto request = builder_.message(its_frame, pending.message->draft, pending.message->recipient);
  if (!pending.message->is_cpim || sip::excess(request.text.size()) == 0) return request;
  messenger_.unwrap(*pending.message);
  return builder_.message(its_frame, pending.message->draft, pending.message->recipient);
}

/// Sends a request, or sends it again with an answer to a challenge: a new transaction each (8.1.3.5).
void UserAgent::transmit(Now now, Pending pending) {
  const bool is_register = !pending.message && pending.asked.empty();
  const std::uint32_t cseq = is_register ? ++register_cseq_ : ++message_cseq_;
  DigestClient& digest = is_register ? register_digest_ : message_digest_;
  const auto authorization = digest.authorization(method(pending), request_uri(pending));
  pending.is_signed = !authorization.empty();
  auto request = written(cseq, authorization, pending);
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
  // is answered at once.
}

void UserAgent::receive_request(Now now, const MessageView& request, const MandatoryHeaders& headers) {
  if (request.method() == "INVITE") {
    // Its transaction is another one (17.2.1); a refusal that is sent again for each repeat does without.
    answer_statelessly(request, 405);
    return;
  }
  const auto received = layer_.receive(now, server_, request, headers);
  if (received.kind == TransactionLayer::Kind::overloaded) answer_statelessly(request, 503);
  if (received.kind != TransactionLayer::Kind::new_request) return;
  const Judgement judgement = messenger_.receive(now, request, headers);
  Message response = Message::response_to(request, judgement.status, random_.token(10));
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
  const bool is_register = !pending.message && pending.asked.empty();
  DigestClient& digest = is_register ? register_digest_ : message_digest_;
  const auto verdict = digest.challenged(response, pending.is_signed);
  if (verdict == DigestClient::Verdict::retry && pending.challenges < max_challenges) {
    ++pending.challenges;
    transmit(now, std::move(pending));
  } else if (pending.message) {
    messenger_.unauthorized(*pending.message, response);
  } else if (is_register) {
    registration_.credentials_refused(response.status(), response.reason());
  }
}

void UserAgent::answer_statelessly(const MessageView& request, int status, std::string_view phrase) {
  StatelessUas::Fields fields;
  if (status == 405) fields.emplace_back(HeaderName::allow, served_methods);
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
