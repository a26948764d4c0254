// What the relay says by itself: by the transaction, or by one datagram of which nothing is remembered.
#include <utility>

#include "logic/relay.h"
#include "message/message.h"
#include "transport/response_route.h"

namespace relay {

using namespace sip;

void Relay::respond(Now now, const Request& request, const Answer& answer) {
  Message response = Message::response_to(request.message, answer.status, random_.token(10), answer.reason);
  for (const auto& [name, value] : answer.headers) response.add(name, value);
  note_answer(request.transaction, answer);
  layer_.respond(now, request.transaction, answer.status, response.finish());
}

/// Of what was not done. Strangers are anybody.
void Relay::refuse(Now now, const Request& request, const Answer& answer) {
  const bool is_known = settings_.authenticate && sender_of(request) == Sender::known;
  is_known ? respond(now, request, answer) : answer_anybody(now, request, answer);
}

/// 26.3.2.4: to who has shown nothing a datagram is answered by one, and nothing of it is remembered: they
/// may have written another's address into it. In a dialog that passes here they have shown something, and
/// the ACK of a refusal is told there from that of a 2xx by the transaction alone.
void Relay::answer_anybody(Now now, const Request& request, const Answer& answer) {
  const auto passage = record_route_.passage(request);
  const bool is_in_dialog =
      passage && (passage->sender == Party::user || passage->renamed_sender == Party::user);
  is_in_dialog ? respond(now, request, answer) : answer_once(now, request, answer);
}

/// Nothing is kept for whoever sends much of it. Over a connection that is so with every final response but
/// the refusal of an INVITE, which would wait for its ACK, 32 seconds where none comes (17.2.1). It is not
/// stateless any more once a 100 has been sent (8.2.7): an INVITE that is not repeated gets no second answer
/// otherwise.
void Relay::answer_once(Now now, const Request& request, const Answer& answer) {
  const bool is_over_at_once =
      is_reliable(request.from.endpoint.protocol) && request.message.method() != "INVITE";
  if (is_over_at_once || layer_.is_quenched(request.transaction)) return respond(now, request, answer);
  layer_.abandon(request.transaction);
  answer_statelessly(now, request.from, request.message, answer, request.transaction);
}

void Relay::note_answer(TransactionId transaction, const Answer& answer) {
  outputs_.emplace_back(Progress{.step = Progress::Step::answered_here,
                                 .transaction = transaction,
                                 .status = answer.status,
                                 .reason = answer.reason});
}

/// For what has no transaction. Where its Via can't be read, the flow alone tells where to (18.2.2).
void Relay::answer_statelessly(Now now, const Peer& from, const MessageView& request, const Answer& answer,
                               TransactionId transaction) {
  auto response = stateless_.respond(request, answer.status, answer.reason, answer.headers);
  if (!response) return;
  if (!is_reliable(from.endpoint.protocol) && !limits_.take_refusal(now, from)) return;
  note_answer(transaction, answer);
  ValueReader vias(request, HeaderName::via);
  const auto via = Via::parse(vias.next().value_or(std::string_view{}));
  outputs_.emplace_back(SendTo{via ? response_route(*via, from) : from, std::move(*response)});
}

}  // namespace relay
