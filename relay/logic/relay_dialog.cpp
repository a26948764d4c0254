// What the relay does with requests within dialogs that were formed by way of it, and with CANCEL and ACK.
#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "logic/relay.h"
#include "message/message.h"
#include "transport/size_rule.h"

namespace relay {

using namespace sip;

namespace {

bool is_same_device(const Peer& one, const Peer& other) {
  return is_reliable(one.endpoint.protocol) ? one.flow == other.flow : one.endpoint == other.endpoint;
}

}  // namespace

/// RFC 5626 5.3.1: down the flow that our Route names, or not at all.
void Relay::follow(Now now, const Request& request, const Peer& recipient, Party party, int unreachable) {
  const bool must_be_secure = equal_ignoring_case(request.message.request_uri().substr(0, 5), "sips:");
  // 16.6 step 7.
  if (must_be_secure && !is_secure(recipient.endpoint.protocol))
    return respond(now, request, {.status = 480});
  Target target = target_of(request, recipient);
  const auto passage = record_route_.passage(request);
  target.ends = ends(request, party, passage ? passage->recipient_mark : std::string());
  const auto forwarded = proxy_.forward(now, request, {std::move(target)}, unreachable);
  if (const auto* answer = std::get_if<Answer>(&forwarded)) return respond(now, request, *answer);
  // A client judges no passwords.
  if (!edge_.is_descent(request)) upstream_passwords_.forwarded(std::get<TransactionId>(forwarded), request);
}

Target Relay::target_of(const Request& request, const Peer& recipient) const {
  Target target{.request_uri = as_request_uri(*Uri::parse(request.message.request_uri())),
                .peer = without_ports_inside(recipient),
                .device = recipient};
  // It is unknown where the relay has started anew since.
  domain_.give_flow(target.peer);
  return target;
}

/// Whether a Request-URI of ours, such as a GRUU, means the other end of the dialog.
Addressee Relay::addressee_of(const Request& request, const RecordRoute::Passage& passage) const {
  const auto uri = Uri::parse(request.message.request_uri());
  const auto recipient = uri && domain_.serves_target(*uri) ? targets_.recipient_of(*uri) : std::nullopt;
  if (!recipient) return Addressee::anybody;
  if (record_route_.leads_to(passage, recipient->user)) return Addressee::other_end;
  // RFC 5627 3.1.2: the name of who was called by a temporary GRUU has told nothing. They are where it led.
  for (const Target& target :
       Gruu::is_temporary(*uri) ? targets_.targets_of(*recipient, request) : std::vector<Target>())
    if (passage.to && target.device && is_same_device(*passage.to, *target.device))
      return Addressee::other_end;
  return Addressee::anybody;
}

Ends Relay::ends(const Request& request, Party recipient, std::string recipient_mark) const {
  Ends ends{Party::stranger, recipient, std::move(recipient_mark)};
  const auto passage = record_route_.passage(request);
  if (passage && (passage->sender || passage->renamed_sender)) {
    ends.sender = passage->sender ? *passage->sender : *passage->renamed_sender;
  } else if (domain_.owns(request.headers.from.uri)) {
    // Who has sent what comes down the edge nobody has shown.
    if (!edge_.is_descent(request)) ends.sender = Party::user;
  } else if (edge_.upstream_of(request.headers.from.uri) != nullptr) {
    ends.sender = Party::client;
  }
  return ends;
}

/// RFC 5627 3.1.2: who is called by a temporary GRUU, and is not known to the caller, has no other name.
std::string Relay::mark_of(const Request& request, const Recipient& recipient) const {
  std::string mark = record_route_.mark_of_user(recipient.user);
  const auto uri = Uri::parse(request.message.request_uri());
  const bool is_known = record_route_.mark(request.headers.to.uri) == mark;
  return is_known || !Gruu::is_temporary(*uri) ? mark : record_route_.mark(*uri);
}

/// The ACK of a 2xx has no transaction, and gets no answer (13.2.2.4, 16.11). It follows our Record-Route or
/// is not forwarded: whoever sends it without can't be asked who they are (22.1).
void Relay::acknowledge(Now now, const Request& request) {
  const auto passage = record_route_.passage(request);
  if (!passage || refuse_request_line(request.message)) return;
  const Admission admission = admission_of(request);
  // Who might be asked in a dialog can't be now, and nothing but an ACK goes further by it.
  const bool is_shown = passage->sender || passage->renamed_sender;
  const bool is_astray =
      admission.role == Role::home && addressee_of(request, *passage) == Addressee::anybody;
  const bool leaves = admission.role == Role::outbound;
  const bool must_authenticate = admission.must_authenticate && (leaves || !is_shown || is_astray);
  if (admission.refusal || (must_authenticate && settings_.authenticate)) return;
  if (admission.role != Role::client && limits_.take_from_stranger(now, request)) return;
  switch (admission.role) {
    case Role::registrar:
    case Role::server: return;
    case Role::dialog: return send_statelessly(now, request, target_of(request, *passage->to));
    case Role::outbound: return leave(now, request);
    case Role::upstream: return ascend(now, request);
    case Role::client: return send_statelessly(now, request, target_of(request, edge_.descent(request)->to));
    case Role::home: break;
  }
  const auto recipient = targets_.recipient_of(*Uri::parse(request.message.request_uri()));
  if (!recipient) return;
  for (const Target& target : targets_.targets_of(*recipient, request))
    send_statelessly(now, request, target);
}

/// 18.1.1: by TCP where it is too large for a datagram, unless nobody takes that there.
void Relay::send_statelessly(Now now, const Request& request, const Target& target) {
  std::string text = forwarding_.stateless_copy(request, target);
  if (!is_reliable(target.peer.endpoint.protocol) && !fits_datagram(text.size(), target.peer.endpoint)) {
    Target stream = target;
    stream.move_to_stream();
    if (!failures_.has(now.mono, stream.peer))
      return void(outputs_.emplace_back(SendTo{stream.peer, forwarding_.stateless_copy(request, stream)}));
  }
  outputs_.emplace_back(SendTo{target.peer, std::move(text)});
}

/// 16.10, 9.2: 200, whatever it means. What is no INVITE, or has its final response, goes on as it was.
void Relay::cancel(Now now, const Request& request, TransactionId cancelled) {
  const std::string tag = layer_.to_tag(cancelled);
  layer_.respond(now, request.transaction, 200,
                 Message::response_to(request.message, 200, tag.empty() ? random_.token(10) : tag).finish());
  if (auto outcome = proxy_.cancel(now, cancelled, request.from)) concluded(now, *std::move(outcome));
  take_back(now, cancelled, request.from);
}

/// An INVITE that waits for a store or the DNS, and is cancelled meanwhile: 487 (9.2).
void Relay::take_back(Now now, TransactionId cancelled, const Peer& from) {
  const auto is_meant = [&](TransactionId transaction, const Peer& source, std::string_view text) {
    return transaction == cancelled && source.endpoint.address == from.endpoint.address &&
           text.starts_with("INVITE ");
  };
  const auto waiting = waiting_.find(layer_.noted(cancelled));
  std::string text;
  if (waiting != waiting_.end() && is_meant(cancelled, waiting->second.from, waiting->second.text)) {
    text = std::move(take_waiting(waiting->first)->text);
  } else if (const std::string* looked_up = outbound_.text_of(cancelled);
             looked_up != nullptr && is_meant(cancelled, from, *looked_up)) {
    text = std::move(outbound_.take(cancelled)->text);
  } else {
    return;
  }
  const auto kept = KeptRequest::read(text);
  respond(now, kept->as(cancelled, from), {.status = 487});
}

/// What still rings for who came by a flow that is gone is cancelled, as by themselves.
void Relay::caller_lost(Now now, FlowId flow) {
  for (const TransactionId call : proxy_.calls_by(flow))
    if (auto outcome = proxy_.flow_lost(now, call)) concluded(now, *std::move(outcome));
  std::vector<std::pair<TransactionId, Peer>> waiting = outbound_.waiting_by(flow);
  if (waiting_invites_ > 0)
    for (const auto& [job, request] : waiting_)
      if (request.from.flow == flow) waiting.emplace_back(request.transaction, request.from);
  for (const auto& [call, from] : waiting)
    if (from.endpoint.protocol != Protocol::tcp) take_back(now, call, from);
}

void Relay::hears_no_response(Now now, const Peer& caller) {
  for (const TransactionId call : proxy_.calls_answered_at(caller))
    if (auto outcome = proxy_.caller_lost(now, call)) concluded(now, *std::move(outcome));
}

}  // namespace relay
