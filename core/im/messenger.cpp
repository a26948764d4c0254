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

Judgement Messenger::receive(Now now, const MessageView& request, const MandatoryHeaders& headers) {
  Judgement judgement = inbox_.judge(now, request, headers);
  const std::string& peer = judgement.from;
  if (judgement.is_cpim) capabilities_.used(peer, Format::cpim);
  for (const Imdn& imdn : judgement.notifications) take_notification(imdn);
  if (judgement.composing) {
    capabilities_.used(peer, Format::composing);
    if (composing_peers_.status(now, peer, *judgement.composing))
      outputs_.emplace_back(PeerComposing{peer, judgement.composing->state});
  }
  if (!judgement.message) return judgement;
  capabilities_.wrote(peer);
  if (composing_peers_.message(peer)) outputs_.emplace_back(PeerComposing{peer, IsComposing::State::idle});
  const std::string sent = date_time(judgement.message->sent);
  outputs_.emplace_back(std::move(*judgement.message));
  if (!judgement.request) return judgement;
  const std::string writer(headers.from.uri.text);
  if (const auto notification = notifier_.received(writer, *judgement.request, sent))
    notify(now, *notification);
  return judgement;
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
  queue_statuses(now);
  take_changes();
  auto item = outbox_.next(now);
  if (!item) return std::nullopt;
  Outgoing outgoing{std::move(*item)};
  const bool is_text = outgoing.purpose == Purpose::message && is_plain_text(outgoing.draft.content_type);
  const bool takes_cpim = capabilities_.of(peer_key(outgoing.recipient), Format::cpim) == Knowledge::takes;
  if (is_text && takes_cpim && !sent_items_.is_plain(outgoing.draft.id)) {
    Draft& draft = outgoing.draft;
    std::string body = in_cpim(draft, writer_.display_name, writer_.address, outgoing.recipient);
    outgoing.is_cpim = true;
    outgoing.text = std::exchange(draft.body, std::move(body));
    outgoing.type = std::exchange(draft.content_type, std::string(cpim_type));
    sent_items_.asked(draft.id);
  } else if (is_text) {
    sent_items_.plain(outgoing.draft.id);
  }
  return outgoing;
}

void Messenger::unwrap(Outgoing& outgoing) {
  outgoing.is_cpim = false;
  outgoing.draft.body = std::move(outgoing.text);
  outgoing.draft.content_type = std::move(outgoing.type);
  sent_items_.plain(outgoing.draft.id);
}

Messenger::Next Messenger::answered(Now now, Outgoing& outgoing, const MessageView& response,
                                    std::optional<Seconds> retry_after) {
  if (response.status() == 415) refused_type(outgoing, response);
  if (response.status() == 415 && outgoing.is_cpim && is_wanted(outgoing)) {
    unwrap(outgoing);
    return Next::again;
  }
  outbox_.answered(now, outgoing.draft.id, FinalResponse::read(response, outgoing.target, retry_after));
  return Next::done;
}

/// RFC 3994 4: MUST cease after a 415; RFC 3428 7, RFC 3261 21.4.13: Accept tells what would do.
void Messenger::refused_type(const Outgoing& outgoing, const MessageView& response) {
  const std::string peer = peer_key(outgoing.recipient);
  capabilities_.listed(peer, response);
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
