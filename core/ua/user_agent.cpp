#include "ua/user_agent.h"

#include <utility>

#include "base/ascii.h"
#include "im/recipient.h"
#include "message/retry_after.h"
#include "transport/keepalive.h"
#include "transport/size_rule.h"

namespace sip {
namespace {

/// One person's, so that a server which floods its client does not fill a browser's memory.
constexpr TransactionLayer::Limits transaction_limits{.transactions = 10'000, .bytes = std::size_t{16} << 20};

}  // namespace

UserAgent::UserAgent(const Account& account, const Seed& seed, Timers timers)
    : path_(account.path),
      random_(seed),
      uac_(account, random_.split()),
      registration_(account, uac_.registrar(), random_.split()),
      layer_(timers, transaction_limits),
      messenger_({account.address, account.display_name}, account.receipts, account.end_to_end,
                 random_.split()),
      uas_(account, timers, layer_, messenger_, random_.split()) {}

void UserAgent::start(Now now) {
  uac_.start(now.wall);
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
  if (auto recipient = acceptable_recipient(draft))
    messenger_.send(now, std::move(draft), std::move(*recipient));
  pump(now);
  return id;
}

/// Where the draft goes; a draft that can't be sent at all fails with its reason.
std::optional<std::string> UserAgent::acceptable_recipient(const Draft& draft) {
  auto recipient = recipient_uri(draft.to, uac_.domain());
  if (!recipient) {
    messenger_.refuse(draft.id, FailureReason::bad_recipient, 0);
  } else if (!is_valid(draft)) {
    messenger_.refuse(draft.id, FailureReason::bad_content, 0);
  } else if (const std::size_t over = excess_of(draft, *recipient); over > 0) {
    messenger_.refuse(draft.id, FailureReason::too_long, over);
  } else {
    return recipient;
  }
  return std::nullopt;
}

void UserAgent::restore(Now now, SentMessage message) {
  Draft& draft = message.draft;
  message.delivery.id = draft.id;
  const DeliveryState state = message.delivery.state;
  const bool is_open = state == DeliveryState::queued || state == DeliveryState::sending;
  if (!is_token(draft.id) || !messenger_.remember(message.delivery) || !is_open) return;
  if (message.delivery.reason == FailureReason::cancelled) {
    messenger_.refuse(draft.id, FailureReason::cancelled, 0);
  } else if (auto recipient = acceptable_recipient(draft)) {
    messenger_.resume(now, std::move(draft), std::move(*recipient));
  }
  pump(now);
}

void UserAgent::cancel(Now now, const MessageId& id) {
  messenger_.cancel(id);
  pump(now);
}

void UserAgent::composing(Now now, std::string_view to, IsComposing::State state) {
  // Offline nobody can be told, and nothing is kept to be told later.
  const bool is_of_use = registration_.is_registered() || state == IsComposing::State::idle;
  if (const auto recipient = recipient_uri(to, uac_.domain()); recipient && is_of_use)
    messenger_.composing(now, *recipient, state);
  pump(now);
}

void UserAgent::displayed(Now now, const MessageId& id) {
  messenger_.displayed(now, id);
  pump(now);
}

void UserAgent::answer(Now now, JobId job, Answer answer) {
  if (!uas_.answer(now, job, answer)) messenger_.sealed(job, std::move(answer));
  pump(now);
}

std::size_t UserAgent::excess(const Draft& draft) const {
  Draft whole = draft;
  if (whole.id.empty()) whole.id = Random(Seed{}).token(24);
  const auto recipient = recipient_uri(draft.to, uac_.domain());
  return excess_of(whole, recipient.value_or(draft.to));
}

std::size_t UserAgent::excess_of(const Draft& draft, std::string_view recipient) const {
  return sip::excess(uac_.size(draft, recipient, protocol()), path_);
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
  if (!message) return reply(uas_.answer_to_unreadable(text, message.error()));
  const auto framing =
      is_websocket(protocol()) ? MessageView::Framing::exact : MessageView::Framing::datagram;
  const auto bad_length = message->trim_body(framing);
  const auto headers = MandatoryHeaders::parse(*message);
  // 18.3, 8.2: what is malformed gets 400 when it is a request, and is dropped when it is a response.
  if (bad_length) {
    reply(uas_.stateless_response(*message, 400, "Bad Content-Length"));
  } else if (!headers) {
    const int status = defect_status(*message, headers.error());
    const std::string phrase = status == 400 ? "Bad " + std::string(headers.error().what) : std::string();
    reply(uas_.stateless_response(*message, status, phrase));
  } else if (!message->is_request()) {
    receive_response(now, *message, *headers);
  } else {
    receive_request(now, *message, *headers);
  }
  pump(now);
}

void UserAgent::advance(Now now) {
  registration_.advance(now);
  layer_.advance(now);
  messenger_.advance(now);
  uas_.advance(now);
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
  return earlier(earlier(earlier(layer_.deadline(), registration_.deadline()), uas_.deadline()),
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
    outputs_.emplace_back(std::move(*message));
  } else if (auto* delivery = std::get_if<Delivery>(&output)) {
    outputs_.emplace_back(DeliveryChanged{std::move(*delivery)});
  } else if (auto* composing = std::get_if<PeerComposing>(&output)) {
    outputs_.emplace_back(std::move(*composing));
  } else if (auto* ask = std::get_if<Messenger::AskCapabilities>(&output)) {
    transmit(now, {.asked = std::move(ask->recipient), .call_id = random_.token(24)});
  } else if (auto* question = std::get_if<Question>(&output)) {
    std::visit([this](auto& one) { outputs_.emplace_back(std::move(one)); }, *question);
  }
}

void UserAgent::obey(Now now, Registration::Action action) {
  if (const auto* open = std::get_if<Registration::Open>(&action)) {
    if (std::exchange(server_number_, open->server) != open->server) messenger_.server_changed();
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
    uac_.service_route(std::move(registered->route));
    GrantedBinding& binding = registered->binding;
    outputs_.emplace_back(
        Registered{binding.expires, std::move(binding.public_gruu), std::move(binding.temporary_gruu)});
  } else if (std::holds_alternative<Registration::Unregistered>(action)) {
    uac_.service_route({});
    outputs_.emplace_back(Unregistered{});
  } else if (auto* failed = std::get_if<Registration::Failed>(&action)) {
    if (!failed->retry_in) uac_.service_route({});
    outputs_.emplace_back(RegistrationFailed{failed->trouble, failed->status, std::move(failed->phrase),
                                             failed->retry_in, std::move(failed->authz_server),
                                             std::move(failed->scope)});
  }
}

void UserAgent::transmit(Now now, ClientRequest request) {
  auto written = uac_.write(request, protocol());
  // CPIM that takes a message over the limit of RFC 3428 8 is left away.
  if (request.message && request.message->is_cpim && sip::excess(written.text.size(), path_) > 0) {
    if (messenger_.unwrap(now, *request.message) == Messenger::Next::done) return;
    written = uac_.write(request, protocol());
  }
  // RFC 3428 8: credentials that it did not carry before may have taken it over the limit.
  if (const std::size_t over = request.message ? sip::excess(written.text.size(), path_) : 0; over > 0) {
    messenger_.refuse(request.message->draft.id, FailureReason::too_long, over);
    return;
  }
  const TransactionId id =
      layer_.request(now, server_, written.branch, request.method(), std::move(written.text));
  uac_.sent(id, std::move(request));
}

/// What the transactions say apart from responses.
void UserAgent::finished(Now now, const TransactionLayer::Event& event) {
  if (const auto* send = std::get_if<TransactionLayer::Send>(&event)) {
    outputs_.emplace_back(SendBytes{send->to.flow, send->text});
  } else if (const auto* timeout = std::get_if<TransactionLayer::TimedOut>(&event)) {
    const auto request = uac_.take(timeout->client);
    if (!request) return;
    if (request->message) {
      messenger_.unanswered(now, *request->message);
    } else if (request->is_register()) {
      registration_.unanswered(now);
    }
  } else if (const auto* trying = std::get_if<TransactionLayer::TryingDue>(&event)) {
    uas_.trying(now, trying->server);
  }
  // A TransportFailed follows from leave_flow(), which has told everyone. Unacknowledged changes nothing:
  // what was refused stays refused.
}

void UserAgent::receive_request(Now now, const MessageView& request, const MandatoryHeaders& headers) {
  const auto received = layer_.receive(now, server_, request, headers);
  if (received.kind == TransactionLayer::Kind::overloaded) reply(uas_.stateless_response(request, 503));
  const bool is_cancel = received.kind == TransactionLayer::Kind::cancel;
  if (!is_cancel && received.kind != TransactionLayer::Kind::new_request) return;
  if (is_cancel && received.cancelled != TransactionId::none) return uas_.cancel(now, received, request);
  uas_.receive(now, received.id, request, headers);
}

void UserAgent::receive_response(Now now, const MessageView& response, const MandatoryHeaders& headers) {
  if (!uac_.is_ours(response, headers)) return;
  const auto received = layer_.receive(now, server_, response, headers);
  if (received.kind != TransactionLayer::Kind::response || response.status() < 200) return;
  auto request = uac_.take(received.id);
  if (!request) return;
  const int status = response.status();
  switch (uac_.judge(*request, response, protocol())) {
    case UserAgentClient::Verdict::answered: return answered(now, std::move(*request), response);
    case UserAgentClient::Verdict::again:
      if (!request->message || messenger_.is_wanted(*request->message))
        return transmit(now, std::move(*request));
      return give_up(*request, status, response.reason());
    case UserAgentClient::Verdict::token_needed:
      return registration_.token_refused(status, response.reason(), *BearerChallenge::first(response));
    case UserAgentClient::Verdict::refused: return give_up(*request, status, response.reason());
    // Another try would meet it again.
    case UserAgentClient::Verdict::forged: return give_up(*request, status, "Wrong rspauth");
  }
}

void UserAgent::answered(Now now, ClientRequest request, const MessageView& response) {
  if (request.message) {
    const auto next = messenger_.answered(now, *request.message, response, retry_after(response));
    if (next == Messenger::Next::again) transmit(now, std::move(request));
  } else if (request.is_register()) {
    registration_.answered(now, response, uac_.contact());
  } else {
    messenger_.capabilities(request.asked, response);
  }
}

/// Server and we don't agree on the password.
void UserAgent::give_up(const ClientRequest& request, int status, std::string_view phrase) {
  if (request.message) {
    messenger_.unauthorized(*request.message, status, phrase);
  } else if (request.is_register()) {
    registration_.credentials_refused(status, phrase);
  }
}

void UserAgent::reply(std::optional<std::string> bytes) {
  if (bytes) outputs_.emplace_back(SendBytes{server_.flow, std::move(*bytes)});
}

/// The flow is gone: what is under way waits for the next one.
void UserAgent::leave_flow() {
  layer_.flow_closed(server_.flow);
  uac_.forget_all();
  messenger_.connection_lost();
  server_ = {FlowId::none, {protocol(), {}, 0}};
}

}  // namespace sip
