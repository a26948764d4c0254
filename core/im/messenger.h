#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "im/composing_peers.h"
#include "im/inbox.h"
#include "im/message_composer.h"
#include "im/notifier.h"
#include "im/outbox.h"
#include "im/peer_capabilities.h"
#include "im/sent_items.h"

namespace sip {

/// One person's conversations, without the requests that carry them: what goes out next and in which form,
/// what comes in, and what is told about it.
class Messenger {
 public:
  /// Who writes: the From of CPIM.
  struct Writer {
    std::string address;
    std::string display_name;
  };
  Messenger(Writer writer, Receipts receipts, Random random)
      : writer_(std::move(writer)), notifier_(receipts), random_(random) {}

  void send(Now now, Draft draft, std::string recipient);
  /// What was told of a message in an earlier run, before anything else is done with its id. False when it is
  /// known already.
  bool remember(const Delivery& last) { return sent_items_.restore(last); }
  /// Sends a message that is remembered.
  void resume(Now now, Draft draft, std::string recipient);
  void cancel(const MessageId& id) { outbox_.cancel(id); }
  void refuse(const MessageId& id, FailureReason reason, std::size_t excess);
  /// The person writes something to `recipient`, or has given it up (RFC 3994 3.2).
  void composing(Now now, const std::string& recipient, IsComposing::State state);
  /// A received message was shown to the person.
  void displayed(Now now, const MessageId& id);

  /// Judges a request and takes what it brings.
  Judgement receive(Now now, const MessageView& request, const MandatoryHeaders& headers);

  struct Outgoing : Outbox::Outgoing {
    bool is_cpim = false;  ///< draft.body is wrapped
    std::string text{};    ///< what it was before that
    std::string type{};
  };
  /// The next MESSAGE that may go out. None when all have to wait.
  std::optional<Outgoing> next(Now now);
  /// Takes the message out of its CPIM, for this and every later try (docs/adr/0005).
  void unwrap(Outgoing& outgoing);

  enum class Next : std::uint8_t {
    done,
    again,  ///< it must go out once more, at once, as it is now
  };
  Next answered(Now now, Outgoing& outgoing, const MessageView& response, std::optional<Seconds> retry_after);
  /// Whether the message may go out again, changed as an answer has asked for.
  bool is_wanted(const Outgoing& outgoing) const { return outbox_.is_wanted(outgoing.draft.id); }
  void unanswered(Now now, const Outgoing& outgoing) { outbox_.unanswered(now, outgoing.draft.id); }
  void unauthorized(const Outgoing& outgoing, int status, std::string_view phrase) {
    outbox_.unauthorized(outgoing.draft.id, status, phrase);
  }
  /// The answer to an AskCapabilities.
  void capabilities(const std::string& recipient, const MessageView& response);
  void connection_lost() { outbox_.connection_lost(); }
  void server_changed() { outbox_.server_changed(); }
  void advance(Now now);

  /// The peer began or stopped to write to us.
  struct PeerComposing {
    std::string peer;  ///< address-of-record
    IsComposing::State state;
  };
  /// OPTIONS are to be sent (RFC 3261 11).
  struct AskCapabilities {
    std::string recipient;
  };
  using Output = std::variant<Incoming, Delivery, PeerComposing, AskCapabilities>;
  std::optional<Output> poll();
  /// The messages that may still change, the open ones to one person in order. All outputs have to be polled.
  std::vector<SentMessage> sent_messages() const;
  /// When next() may have something again.
  Deadline next_deadline() const { return earlier(outbox_.deadline(), composer_.deadline()); }
  /// When advance() has something to do, connected or not.
  Deadline deadline() const { return composing_peers_.deadline(); }

 private:
  void take_notification(const Imdn& imdn);
  void notify(Now now, const Notifier::Notification& notification);
  void take_changes();
  void queue_statuses(Now now);
  bool may_be_told(const std::string& peer) const;
  void refused_type(const Outgoing& outgoing, const MessageView& response);

  Writer writer_;
  Outbox outbox_;
  Inbox inbox_;
  SentItems sent_items_;
  PeerCapabilities capabilities_;
  MessageComposer composer_;
  ComposingPeers composing_peers_;
  Notifier notifier_;
  Random random_;
  std::deque<Output> outputs_;
};

}  // namespace sip
