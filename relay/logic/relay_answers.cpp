// What the relay says by itself: by the transaction, or by one datagram of which nothing is remembered.
#include <utility>

#include "logic/relay.h"
#include "message/message.h"
#include "transport/response_route.h"

namespace relay {

using namespace sip;

namespace {

/// Whether it is past a limit of messages.
bool is_too_large(const std::string& response, std::size_t fields) {
  const bool may_be = response.size() > max_header_field_size || fields > max_header_fields;
  return may_be && !MessageView::parse(response);
}

}  // namespace

void Relay::respond(Now now, const Request& request, const Answer& answer) {
  Message response = Message::response_to(request.message, answer.status, random_.token(10), answer.reason);
  for (const auto& [name, value] : answer.headers) response.add(name, value);
  std::string text = response.finish();
  // As a list of Contacts may be: it might end the connection by which others get answers, too.
  const std::size_t fields = request.message.fields().size() + answer.headers.size() + 1;
  if (!answer.headers.empty() && is_too_large(text, fields)) return respond(now, request, {.status = 513});
  note_answer(request.transaction, answer);
  layer_.respond(now, request.transaction, answer.status, std::move(text));
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
  outputs_.emplace_back(SendTo{via ? way_back(*via, from) : from, std::move(*response)});
}

}  // namespace relay
