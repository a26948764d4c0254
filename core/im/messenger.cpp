#include "im/messenger.h"

#include <utility>

#include "im/date_time.h"
#include "im/recipient.h"
#include "message/media_type.h"

namespace sip {
namespace {

using Format = PeerCapabilities::Format;
using Knowledge = PeerCapabilities::Knowledge;
using Purpose = Outbox::Purpose;

constexpr std::string_view cpim_type = "message/cpim";
constexpr std::string_view composing_type = "application/im-iscomposing+xml";

bool is_plain_text(std::string_view content_type) {
  const auto media = MediaType::parse(content_type);
  return media && media->is("text", "plain");
}

/// Whether who answers 415 could have opened the body, so that it is what was inside that it did not
/// understand.
bool is_seal_taken(const OutgoingMessage& outgoing, const MessageView& response) {
  const auto media = MediaType::parse(outgoing.draft.content_type);
  return media && accepts(response, *media);
}

/// RFC 5438 12.1.1: there is no way back to whoever is anonymous (RFC 3323 4.1.1.3).
bool is_anonymous(std::string_view uri) {
  constexpr std::string_view host = "@anonymous.invalid";
  return peer_key(uri).find(host) != std::string::npos;
}

}  // namespace

void Messenger::send(Now now, Draft draft, std::string recipient) {
  composer_.sent(recipient);
  outbox_.add(now, std::move(draft), std::move(recipient));
}

void Messenger::resume(Now now, Draft draft, std::string recipient) {
  const Delivery last = sent_items_.of(draft.id);
  outbox_.restore(now, std::move(draft), std::move(recipient), last);
}

void Messenger::cancel(const MessageId& id) {
  outbox_.cancel(id);
  // What has not been sealed yet is not under way.
  if (sealing_.forget(id)) outbox_.fail(id, FailureReason::cancelled, 0, {});
}

void Messenger::refuse(const MessageId& id, FailureReason reason, std::size_t excess) {
  outbox_.refuse(id, reason, excess);
}

void Messenger::composing(Now now, const std::string& recipient, IsComposing::State state) {
  composer_.set(now, recipient, state);
  // Whoever begins to write will send something soon: time to learn how.
  if (state == IsComposing::State::active && capabilities_.should_ask(now, peer_key(recipient)))
    outputs_.emplace_back(AskCapabilities{recipient});
}

void Messenger::displayed(Now now, const MessageId& id) {
  if (const auto notification = notifier_.displayed(id)) notify(now, *notification);
}

std::variant<Judgement, Question> Messenger::receive(Now now, const MessageView& request,
                                                     const MandatoryHeaders& headers,
                                                     ContentAnswers& answers) {
  auto verdict = inbox_.judge(now, request, headers, answers);
  if (auto* judgement = std::get_if<Judgement>(&verdict)) take(now, headers, *judgement);
  return verdict;
}

void Messenger::take(Now now, const MandatoryHeaders& headers, Judgement& judgement) {
  const std::string& peer = judgement.from;
  if (judgement.is_cpim) capabilities_.used(peer, Format::cpim);
  for (const Imdn& imdn : judgement.notifications) take_notification(imdn);
  if (judgement.composing) {
    capabilities_.used(peer, Format::composing);
    if (composing_peers_.status(now, peer, *judgement.composing))
      outputs_.emplace_back(PeerComposing{peer, judgement.composing->state});
  }
  if (!judgement.message) return;
  capabilities_.wrote(peer);
  if (composing_peers_.message(peer)) outputs_.emplace_back(PeerComposing{peer, IsComposing::State::idle});
  const std::string sent = date_time(judgement.message->sent);
  const Protection protection = judgement.message->protection;
  outputs_.emplace_back(std::move(*judgement.message));
  if (!judgement.request) return;
  const std::string writer(headers.from.uri.text);
  if (const auto notification = notifier_.received(writer, *judgement.request, sent, protection))
    notify(now, *notification);
}

JobId Messenger::ask(Question question) {
  const JobId job{++last_job_};
  std::visit([job](auto& one) { one.job = job; }, question);
  outputs_.emplace_back(std::move(question));
  return job;
}

void Messenger::sealed(JobId job, Answer answer) {
  if (const auto refused = sealing_.answered(job, std::move(answer))) not_sealed(*refused);
}

void Messenger::not_sealed(const Outgoing& outgoing) {
  outbox_.fail(outgoing.draft.id, FailureReason::not_sealed, 0, {});
}

/// What the outbox tells, as far as it does not lead back.
void Messenger::take_changes() {
  while (auto delivery = outbox_.poll())
    if (auto change = sent_items_.change(std::move(*delivery))) outputs_.emplace_back(std::move(*change));
}

void Messenger::take_notification(const Imdn& imdn) {
  take_changes();
  auto delivery = sent_items_.notified(imdn);
  if (!delivery) return;
  outbox_.settle(delivery->id);
  outputs_.emplace_back(std::move(*delivery));
}

/// RFC 5438 12.1.3.1: to the address in From of the SIP request, not to what the CPIM says.
void Messenger::notify(Now now, const Notifier::Notification& notification) {
  const auto recipient = recipient_uri(notification.peer, {});
  if (!recipient || is_anonymous(*recipient)) return;
  if (capabilities_.of(peer_key(*recipient), Format::imdn) == Knowledge::refuses) return;
  Draft draft{.to = *recipient, .body = {}, .content_type = std::string(cpim_type), .id = random_.token(24)};
  draft.first_sent = now.wall;
  draft.must_be_sealed = notification.must_be_sealed;
  draft.body = in_cpim(notification.imdn, draft.id, writer_.address, *recipient);
  outbox_.add(now, std::move(draft), *recipient, Purpose::notification);
}

/// RFC 3994 7: only whoever has written to us is told that we write back; 4: nobody who answered 415. A phone
/// of which nothing is known is not tried: the message itself would have to wait for its answer (RFC 3428 8).
bool Messenger::may_be_told(const std::string& peer) const {
  return capabilities_.has_written(peer) && capabilities_.of(peer, Format::composing) == Knowledge::takes;
}

/// What cannot go out now is not queued: it stays due, or becomes untrue.
void Messenger::queue_statuses(Now now) {
  for (const auto& status : composer_.due(now)) {
    if (!may_be_told(peer_key(status.recipient))) continue;
    IsComposing document{.state = status.state, .refresh = {}, .last_active = {}, .content_type = {}};
    if (status.state == IsComposing::State::active) document.refresh = MessageComposer::refresh;
    Draft draft{.to = status.recipient,
                .body = document.write(),
                .content_type = std::string(composing_type),
                .id = random_.token(24)};
    draft.first_sent = now.wall;
    if (outbox_.add(now, std::move(draft), status.recipient, Purpose::composing)) composer_.said(now, status);
  }
}

std::optional<Messenger::Outgoing> Messenger::next(Now now) {
  while (auto sealed = sealing_.next()) {
    if (!is_expired(sealed->draft, now.wall)) return sealed;
    outbox_.fail(sealed->draft.id, FailureReason::expired, 0, {});
  }
  queue_statuses(now);
  take_changes();
  while (auto item = outbox_.next(now)) {
    Outgoing outgoing = in_its_form(std::move(*item));
    if (end_to_end_ == EndToEnd::none) return outgoing;
    seal(now, std::move(outgoing));
  }
  return std::nullopt;
}

Messenger::Outgoing Messenger::in_its_form(Outbox::Outgoing item) {
  Outgoing outgoing{std::move(item)};
  const bool is_text = outgoing.purpose == Purpose::message && is_plain_text(outgoing.draft.content_type);
  const bool takes_cpim = capabilities_.of(peer_key(outgoing.recipient), Format::cpim) == Knowledge::takes;
  if (is_text && takes_cpim && !sent_items_.is_plain(outgoing.draft.id)) {
    wrap(outgoing);
    sent_items_.asked(outgoing.draft.id);
  } else if (is_text) {
    sent_items_.plain(outgoing.draft.id);
  }
  return outgoing;
}

/// What is said of the text is said inside: a CPIM that is not understood must not be passed over in silence.
void Messenger::wrap(Outgoing& outgoing) const {
  Draft& draft = outgoing.draft;
  outgoing.is_cpim = true;
  outgoing.plain = draft;
  draft.body = in_cpim(draft, writer_.display_name, writer_.address, outgoing.recipient);
  draft.content_type = cpim_type;
  draft.fields.content_language.clear();
  draft.fields.content_disposition.clear();
}

/// It counts as under way (RFC 3428 8): whoever waits behind it waits for the driver too.
void Messenger::seal(Now now, Outgoing outgoing) {
  const Draft& draft = outgoing.draft;
  const JobId job = ask(Seal{.recipient = outgoing.recipient,
                             .content_type = draft.content_type,
                             .body = draft.body,
                             .must_be_sealed = draft.must_be_sealed});
  sealing_.asked(now, job, std::move(outgoing));
}

Messenger::Next Messenger::unwrap(Now now, Outgoing& outgoing) {
  outgoing.is_cpim = false;
  outgoing.draft = std::move(outgoing.plain);
  sent_items_.plain(outgoing.draft.id);
  if (!std::exchange(outgoing.is_sealed, false)) return Next::again;
  seal(now, std::move(outgoing));
  return Next::done;
}

Messenger::Next Messenger::answered(Now now, Outgoing& outgoing, const MessageView& response,
                                    std::optional<Seconds> retry_after) {
  const FinalResponse final_response = FinalResponse::read(response, outgoing.target, retry_after);
  if (final_response.status != 415) {
    outbox_.answered(now, outgoing.draft.id, final_response);
    return Next::done;
  }
  const bool is_type_refused = !outgoing.is_sealed || is_seal_taken(outgoing, response);
  capabilities_.listed(peer_key(outgoing.recipient), response);
  if (is_type_refused || outgoing.purpose != Purpose::message) refused_type(outgoing);
  if (is_type_refused && outgoing.is_cpim && is_wanted(outgoing)) return unwrap(now, outgoing);
  // RFC 3261 23.2: this may be a downgrade attack, so that nothing follows in the clear.
  if (!is_type_refused)
    outbox_.fail(outgoing.draft.id, FailureReason::no_secure_device, 415, response.reason());
  else
    outbox_.answered(now, outgoing.draft.id, final_response);
  return Next::done;
}

void Messenger::connection_lost() {
  sealing_.connection_lost();
  outbox_.connection_lost();
}

/// RFC 3994 4: MUST cease after a 415; RFC 3428 7, RFC 3261 21.4.13: Accept tells what would do.
void Messenger::refused_type(const Outgoing& outgoing) {
  const std::string peer = peer_key(outgoing.recipient);
  switch (outgoing.purpose) {
    case Purpose::message:
      if (outgoing.is_cpim) capabilities_.refused(peer, Format::cpim);
      break;
    case Purpose::notification: capabilities_.refused(peer, Format::imdn); break;
    case Purpose::composing: capabilities_.refused(peer, Format::composing); break;
  }
}

void Messenger::capabilities(const std::string& recipient, const MessageView& response) {
  if (response.status() >= 200 && response.status() < 300)
    capabilities_.listed(peer_key(recipient), response);
}

void Messenger::advance(Now now) {
  while (const auto forgotten = sealing_.overdue(now)) not_sealed(*forgotten);
  for (std::string& peer : composing_peers_.expired(now))
    outputs_.emplace_back(PeerComposing{std::move(peer), IsComposing::State::idle});
}

std::optional<Messenger::Output> Messenger::poll() {
  take_changes();
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

std::vector<SentMessage> Messenger::sent_messages() const {
  std::vector<SentMessage> messages;
  for (Delivery& delivery : sent_items_.awaiting_notification())
    messages.push_back({{.id = delivery.id}, delivery});
  for (Draft& draft : outbox_.open_drafts()) {
    Delivery last = sent_items_.of(draft.id);
    messages.push_back({std::move(draft), std::move(last)});
  }
  return messages;
}

}  // namespace sip
