#include "logic/relay.h"

#include <utility>

#include "base/ascii.h"
#include "message/im_uri.h"
#include "message/message.h"
#include "message/method.h"
#include "message/name_addr.h"
#include "transport/keepalive.h"
#include "transport/response_route.h"
#include "transport/stun_message.h"

namespace relay {

using namespace sip;

namespace {

constexpr std::string_view served_methods = "REGISTER, MESSAGE, OPTIONS";

}  // namespace

Relay::Relay(const Settings& settings, const Seed& seed)
    : settings_(settings),
      random_(seed),
      domain_(settings),
      layer_(settings.timers),
      stateless_(random_.split()),
      gruu_(random_.split()),
      registrar_(settings_, domain_, location_, gruu_),
      authenticator_(domain_.name(), random_.split()),
      trust_(settings.trusted),
      alias_(settings.connection_reuse, trust_),
      targets_(domain_, location_, gruu_),
      flow_token_(settings.route_key ? Random(*settings.route_key) : random_.split(),
                  static_cast<std::uint32_t>(random_.next())),
      record_route_(domain_, flow_token_),
      limits_(settings.limits, location_, trust_, record_route_),
      edge_(domain_, settings.upstreams, flow_token_),
      service_routes_(edge_, domain_),
      configured_(settings),
      loops_(domain_, random_.split()),
      identity_(domain_, trust_, edge_,
                settings.authenticate ? AssertedIdentity::Senders::authenticated
                                      : AssertedIdentity::Senders::believed),
      forwarding_(domain_, authenticator_, record_route_, edge_, identity_, alias_, random_.split()),
      upstream_passwords_(edge_, authenticator_, forwarding_),
      proxy_(forwarding_, identity_, authenticator_, loops_, layer_, failures_, settings, random_.split()),
      mailbox_(settings_, domain_, location_, targets_, authenticator_, proxy_, jobs_, random_.split()),
      outbound_(settings_, identity_, random_.split()) {
  if (!settings_.authenticate) settings_.keeps_messages_for.reset();
}

void Relay::flow_opened(Now now, const Peer& peer) {
  // A connection is known by what comes over it.
  if (!is_reliable(peer.endpoint.protocol)) domain_.opened(peer);
  mailbox_.start(now);
}

void Relay::flow_closed(Now now, FlowId flow, const std::vector<Peer>& reached) {
  location_.flow_closed(flow);
  alias_.flow_closed(flow);
  // Before anything else is sent there by another connection.
  layer_.flow_closed(flow);
  for (const Peer& address : reached) layer_.disconnected(address);
  caller_lost(now, flow);
  pump(now);
}

void Relay::unreachable(Now now, const Peer& peer) {
  layer_.unreachable(peer);
  // A datagram that could not be sent says nothing of the next one.
  if (is_reliable(peer.endpoint.protocol)) {
    failures_.note(now.mono, peer);
    hears_no_response(now, peer);
  }
  pump(now);
}

void Relay::congested(Now now, const Peer& peer) {
  layer_.congested(peer);
  hears_no_response(now, peer);
  pump(now);
}

void Relay::advance(Now now) {
  location_.expire(now.mono);
  layer_.advance(now);
  while (auto outcome = proxy_.advance(now)) concluded(now, *std::move(outcome));
  mailbox_.advance(now);
  pump(now);
}

void Relay::adjust(AdjustableSettings to) {
  configured_ = ConfiguredServers(to);
  outbound_.use(std::move(to.routes));
  edge_.use(std::move(to.upstreams));
  service_routes_.upstreams_changed();
  limits_.allow(to.limits);
  trust_.use(std::move(to.trusted));
  settings_.reachable_by = to.reachable_by;
  if (settings_.keeps_messages_for && to.keeps_messages_for)
    settings_.keeps_messages_for = to.keeps_messages_for;
}

void Relay::unregister(Now now, const std::string& user) {
  location_.commit(user, {});
  pump(now);
}

void Relay::drain() {
  is_draining_ = true;
  mailbox_.drain();
}

bool Relay::is_idle() const { return waiting_.empty() && outbound_.is_idle() && proxy_.is_idle(); }

std::unordered_set<FlowId> Relay::busy_flows() const {
  std::unordered_set<FlowId> flows;
  for (const auto& [job, waiting] : waiting_) flows.insert(waiting.from.flow);
  outbound_.collect_flows(flows);
  proxy_.collect_flows(flows);
  return flows;
}

std::optional<Relay::Output> Relay::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

void Relay::receive(Now now, const Peer& from, std::string_view text) {
  location_.expire(now.mono);
  if (text == ping && is_reliable(from.endpoint.protocol)) {
    outputs_.emplace_back(SendTo{from, std::string(pong)});
  } else if (!is_reliable(from.endpoint.protocol) && is_stun(text)) {
    answer_stun(now, from, text);
  } else if (!is_keepalive(text)) {
    receive_text(now, from, text);
  }
  pump(now);
}

/// RFC 5626 8. Anybody can write another's address into a datagram: the answer is hardly larger, and there
/// are not many for one source.
void Relay::answer_stun(Now now, const Peer& from, std::string_view datagram) {
  auto response = binding_response(datagram, from.endpoint);
  if (response && limits_.take_keep_alive(now, from))
    outputs_.emplace_back(SendTo{from, std::move(*response)});
}

void Relay::receive_text(Now now, const Peer& from, std::string_view text) {
  auto message = MessageView::parse(text);
  if (!message) return receive_unreadable(now, from, text, message.error());
  const bool is_frame = is_websocket(from.endpoint.protocol);
  if (message->trim_body(is_frame ? MessageView::Framing::exact : MessageView::Framing::datagram)) {
    answer_statelessly(now, from, *message, {.status = 400, .reason = "Bad Content-Length"});
  } else {
    receive_message(now, from, *message);
  }
}

void Relay::receive_unreadable(Now now, const Peer& from, std::string_view text, const Error& error) {
  // 21.5.7: past a limit. It is refused as a whole and nothing of it is cut off.
  const auto overlarge = error.code == Errc::too_large ? MessageView::parse_overlarge(text) : error;
  if (overlarge) return answer_statelessly(now, from, *overlarge, {.status = 513});
  // Datagrams come from anywhere; a connection that does not speak SIP is of no use.
  if (is_reliable(from.endpoint.protocol)) outputs_.emplace_back(Hangup{from.flow, "not a SIP message"});
}

void Relay::receive_unframed(Now now, const Peer& from, std::string_view text) {
  if (auto message = MessageView::parse(text)) {
    const auto error = message->trim_body(MessageView::Framing::datagram);
    const bool is_too_large = error && error->code == Errc::too_large;
    answer_statelessly(
        now, from, *message,
        is_too_large ? Answer{.status = 513} : Answer{.status = 400, .reason = "Bad Content-Length"});
  } else if (message.error().code == Errc::too_large) {
    receive_unreadable(now, from, text, message.error());
  }
  outputs_.emplace_back(Hangup{from.flow, "no SIP messages can be told apart"});
  pump(now);
}

void Relay::receive_message(Now now, const Peer& from, const MessageView& message) {
  const auto headers = MandatoryHeaders::parse(message);
  if (!headers) {
    const int status = defect_status(message, headers.error());
    answer_statelessly(now, from, message,
                       {.status = status, .reason = status == 400 ? "Bad or Missing Header Field" : ""});
  } else if (message.is_request()) {
    receive_request(now, from, message, *headers);
  } else if (domain_.is_own_via(headers->via)) {
    const auto received = layer_.receive(now, from, message, *headers);
    // RFC 4320 4.2: a response that is too late is not passed on.
    if (received.kind != TransactionLayer::Kind::response) return;
    if (auto outcome = proxy_.response(now, received.id, from, message)) concluded(now, *std::move(outcome));
  }
}

void Relay::receive_request(Now now, const Peer& from, const MessageView& message,
                            const MandatoryHeaders& headers) {
  const auto received = layer_.receive(now, way_back(headers.via, from), message, headers);
  switch (received.kind) {
    case TransactionLayer::Kind::overloaded:
      return answer_statelessly(now, from, message, Answer::later(503));
    case TransactionLayer::Kind::absorbed:
    case TransactionLayer::Kind::response:
    case TransactionLayer::Kind::stray_response: return;
    case TransactionLayer::Kind::new_request:
    case TransactionLayer::Kind::cancel:
    case TransactionLayer::Kind::ack: break;
  }
  if (auto address = alias_.taken(from, headers.via)) outputs_.emplace_back(Reuse{from.flow, *address});
  const bool is_ack = received.kind == TransactionLayer::Kind::ack;
  const TransactionId transaction = is_ack ? TransactionId::none : received.id;
  const std::string_view method = message.method();
  if (!is_ack)
    outputs_.emplace_back(Progress{.step = Progress::Step::taken,
                                   .transaction = received.id,
                                   .method = is_known_method(method) ? std::string(method) : "other"});

  // 18.2.1: from here on the request tells where it came from.
  ValueReader vias(message, HeaderName::via);
  const auto completed = completed_via(headers.via, *vias.next(), from.endpoint);
  if (!completed) return begin(now, {transaction, from, message, headers}, received);
  const std::string text = MessageEdit(message).replace_first(HeaderName::via, *completed).write();
  const auto whole = MessageView::parse(text);
  const auto whole_headers = whole ? MandatoryHeaders::parse(*whole) : Result<MandatoryHeaders>(Error{});
  if (whole_headers) return begin(now, {transaction, from, *whole, *whole_headers}, received);
  // The few bytes more have taken it over a limit.
  layer_.abandon(transaction);
  answer_statelessly(now, from, message, {.status = 513});
}

/// 18.2.2.
Peer Relay::way_back(const Via& via, const Peer& from) const {
  return without_ports_inside(response_route(via, from));
}

/// From loopback a proxy on this machine brings anybody. By its connection they are reached, but no other one
/// is opened into this machine because of a Via or a Contact, unless the operator's servers are there.
Peer Relay::without_ports_inside(Peer peer) const {
  const Endpoint& end = peer.endpoint;
  const bool is_inside = end.protocol == Protocol::tcp && end.address.is_loopback();
  if (is_inside && !configured_.contains(end) && !trust_.receives(peer) &&
      !domain_.may_be_led_to(end.address))
    peer.endpoint.port = 0;
  return peer;
}

void Relay::begin(Now now, const Request& request, const TransactionLayer::Received& received) {
  if (received.cancelled != TransactionId::none) return cancel(now, request, received.cancelled);
  const bool is_ack = received.kind == TransactionLayer::Kind::ack;
  // A dialog may still be ended: its other end would go on waiting.
  const bool ends_dialog = is_ack || request.message.method() == "BYE";
  if (is_draining_ && !ends_dialog) return answer_anybody(now, request, Answer::later(503));
  // 16.4.
  if (const auto restored = record_route_.restored(request.message)) {
    const auto kept = KeptRequest::read(*restored);
    if (!kept) return answer_anybody(now, request, {.status = 400, .reason = "Bad Route"});
    return begin(now, kept->as(request.transaction, request.from), received);
  }
  if (is_ack) return acknowledge(now, request);
  const Admission admission = admission_of(request);
  if (admission.refusal) return answer_anybody(now, request, *admission.refusal);
  if (admission.must_authenticate && settings_.authenticate) return authenticate(now, request);
  // Whoever sends by a Path of ours serves many clients, each of whom has registered there.
  const bool is_stranger = admission.role != Role::client;
  auto refusal = is_stranger ? refuse_guess(now, request) : std::nullopt;
  if (is_stranger && !refusal) refusal = limits_.take_from_stranger(now, request);
  if (refusal) return answer_once(now, request, *refusal);
  proceed(now, request, admission, {});
}

/// Passwords that an upstream would judge.
std::optional<Answer> Relay::refuse_guess(Now now, const Request& request) const {
  const auto users = upstream_passwords_.claimed_users(request);
  // RFC 7616 3.4.
  if (!users) return Answer{.status = 400, .reason = "Bad Credentials"};
  for (const std::string& user : *users)
    if (auto claim = limits_.claim(now, request, user); claim.refusal) return claim.refusal;
  return std::nullopt;
}

void Relay::authenticate(Now now, const Request& request) {
  auto user = authenticator_.claimed_user(request);
  if (!user) return answer_anybody(now, request, authenticator_.challenge(now, request));
  // RFC 7616 3.3: stale, for no password is looked at, nor counted as a guess.
  if (authenticator_.is_nonce_made_up(request))
    return answer_anybody(now, request, authenticator_.challenge(now, request, true));
  const auto claim = limits_.claim(now, request, *user);
  if (claim.refusal && claim.may_be_told) return answer_anybody(now, request, *claim.refusal);
  ask(request, Waiting::Question::who_sent_it, std::move(*user));
}

Admission Relay::admission_of(const Request& request) const {
  const auto passage = record_route_.passage(request);
  const Addressee addressee = passage ? addressee_of(request, *passage) : Addressee::anybody;
  Admission admission = admit(request, domain_, passage, addressee, edge_.crossing(request));
  const bool is_beginning = admission.role == Role::home && addressee != Addressee::other_end;
  const bool is_known = admission.must_authenticate || trust_.sent(request.from);
  if (is_beginning && !is_known && !admission.refusal &&
      settings_.reachable_by == Settings::ReachableBy::known)
    admission.refusal = Answer{.status = 403, .reason = "Strangers Are Refused"};
  return admission;
}

void Relay::proceed(Now now, const Request& request, const Admission& admission, const Fields& proof) {
  switch (admission.role) {
    case Role::registrar: return registered(now, request, proof);
    case Role::server: {
      const std::string_view method = request.message.method();
      // 11.2 for OPTIONS; nothing else has a meaning without a user, and what no RFC knows has none at all
      // (21.5.2).
      const int status = method == "OPTIONS" ? 200 : is_known_method(method) ? 404 : 501;
      return answer_anybody(
          now, request, {.status = status, .headers = {{HeaderName::allow, std::string(served_methods)}}});
    }
    case Role::home: return deliver(now, request);
    case Role::dialog: {
      const auto passage = record_route_.passage(request);
      // RFC 5626 11.5: no endpoint is told 430.
      return follow(now, request, *passage->to, passage->recipient, is_first_hop(request) ? 480 : 430);
    }
    case Role::outbound: return leave(now, request);
    case Role::upstream: return ascend(now, request);
    case Role::client: return descend(now, request);
  }
}

void Relay::authenticated(Now now, const Request& request, const UserFound& found) {
  const std::string user = authenticator_.claimed_user(request).value_or(std::string());
  // Others may have been judged while the store was asked.
  const auto claim = limits_.claim(now, request, user);
  if (claim.refusal && claim.may_be_told) return answer_anybody(now, request, *claim.refusal);
  // Nothing is copied, which would take longer for a user who exists.
  const StoredDigest nobodys;
  const bool may_be_right = found.digest && !claim.refusal;
  const auto outcome = authenticator_.verify(now, request, may_be_right ? *found.digest : nobodys);
  if (outcome.is_wrong_password) limits_.wrong_password(now, request.from, user);
  if (outcome.refusal) return answer_anybody(now, request, *outcome.refusal);
  auto refusal = limits_.take_from_user(now, request, user);
  if (!refusal) refusal = refuse_guess(now, request);
  if (refusal) return answer_once(now, request, *refusal);
  proceed(now, request, admission_of(request), outcome.proof);
}

void Relay::pump(Now now) {
  while (auto event = layer_.poll()) tell(now, *std::move(event));
  while (auto question = mailbox_.poll())
    std::visit([this](auto&& each) { outputs_.emplace_back(std::forward<decltype(each)>(each)); },
               *std::move(question));
  while (const auto outcome = mailbox_.poll_outcome())
    outputs_.emplace_back(
        Progress{.step = Progress::Step::from_mailbox, .transaction = {}, .outcome = *outcome});
}

void Relay::tell(Now now, TransactionLayer::Event&& event) {
  if (auto* send = std::get_if<TransactionLayer::Send>(&event)) {
    outputs_.emplace_back(SendTo{std::move(send->to), std::move(send->text)});
  } else if (const auto* timeout = std::get_if<TransactionLayer::TimedOut>(&event)) {
    if (auto outcome = proxy_.timed_out(now, timeout->client)) concluded(now, *std::move(outcome));
  } else if (const auto* failure = std::get_if<TransactionLayer::TransportFailed>(&event)) {
    if (auto outcome = proxy_.transport_failed(now, failure->client, failure->cause))
      concluded(now, *std::move(outcome));
  } else if (const auto* trying = std::get_if<TransactionLayer::TryingDue>(&event)) {
    proxy_.trying_due(now, trying->server);
    if (const auto waiting = waiting_.find(trying->noted); waiting != waiting_.end())
      still_waiting(now, trying->server, waiting->second.text);
    if (const std::string* text = outbound_.text_of(trying->server))
      still_waiting(now, trying->server, *text);
  }
  // Unacknowledged changes nothing: what was refused stays refused.
}

/// RFC 4320 4.1: a 100 where store or DNS are slow to answer.
void Relay::still_waiting(Now now, TransactionId server, std::string_view text) {
  const auto request = MessageView::parse(text);
  layer_.respond(now, server, 100, Message::response_to(*request, 100, {}).finish());
}

}  // namespace relay
