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
#include "im/outgoing_message.h"
#include "im/peer_capabilities.h"
#include "im/question.h"
#include "im/sealing.h"
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
  Messenger(Writer writer, Receipts receipts, EndToEnd end_to_end, Random random)
      : writer_(std::move(writer)),
        end_to_end_(end_to_end),
        inbox_(end_to_end),
        notifier_(receipts),
        random_(random) {}

  void send(Now now, Draft draft, std::string recipient);
  /// What was told of a message in an earlier run, before anything else is done with its id. False when it is
  /// known already.
  bool remember(const Delivery& last) { return sent_items_.restore(last); }
  /// Sends a message that is remembered.
  void resume(Now now, Draft draft, std::string recipient);
  void cancel(const MessageId& id);
  void refuse(const MessageId& id, FailureReason reason, std::size_t excess);
  /// The person writes something to `recipient`, or has given it up (RFC 3994 3.2).
  void composing(Now now, const std::string& recipient, IsComposing::State state);
  /// A received message was shown to the person.
  void displayed(Now now, const MessageId& id);

  /// Judges a request and takes what it brings. A Question, to be asked by ask(), when it can't be judged
  /// without one more answer.
  std::variant<Judgement, Question> receive(Now now, const MessageView& request,
                                            const MandatoryHeaders& headers, ContentAnswers& answers);
  JobId ask(Question question);
  /// The answer to a Seal. To anything else it is ignored.
  void sealed(JobId job, Answer answer);

  using Outgoing = OutgoingMessage;
  /// The next MESSAGE that may go out. None when all have to wait.
  std::optional<Outgoing> next(Now now);

  enum class Next : std::uint8_t {
    done,   ///< nothing is to be done, or next() will give it again
    again,  ///< it must go out once more, at once, as it is now
  };
  /// Takes the message out of its CPIM, for this and every later try (docs/adr/0005).
  Next unwrap(Now now, Outgoing& outgoing);
  Next answered(Now now, Outgoing& outgoing, const MessageView& response, std::optional<Seconds> retry_after);
  /// Whether the message may go out again, changed as an answer has asked for.
  bool is_wanted(const Outgoing& outgoing) const { return outbox_.is_wanted(outgoing.draft.id); }
  void unanswered(Now now, const Outgoing& outgoing) { outbox_.unanswered(now, outgoing.draft.id); }
  void unauthorized(const Outgoing& outgoing, int status, std::string_view phrase) {
    outbox_.fail(outgoing.draft.id, FailureReason::wrong_password, status, phrase);
  }
  /// The answer to an AskCapabilities.
  void capabilities(const std::string& recipient, const MessageView& response);
  void connection_lost();
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
  using Output = std::variant<Incoming, Delivery, PeerComposing, AskCapabilities, Question>;
  std::optional<Output> poll();
  /// The messages that may still change, the open ones to one person in order. All outputs have to be polled.
  std::vector<SentMessage> sent_messages() const;
  /// When next() may have something again.
  Deadline next_deadline() const { return earlier(outbox_.deadline(), composer_.deadline()); }
  /// When advance() has something to do, connected or not.
  Deadline deadline() const { return earlier(composing_peers_.deadline(), sealing_.deadline()); }

 private:
  void take(Now now, const MandatoryHeaders& headers, Judgement& judgement);
  void wrap(Outgoing& outgoing) const;
  void take_notification(const Imdn& imdn);
  void notify(Now now, const Notifier::Notification& notification);
  void take_changes();
  void queue_statuses(Now now);
  bool may_be_told(const std::string& peer) const;
  Outgoing in_its_form(Outbox::Outgoing item);
  void seal(Now now, Outgoing outgoing);
  void not_sealed(const Outgoing& outgoing);
  void refused_type(const Outgoing& outgoing);

  Writer writer_;
  EndToEnd end_to_end_;
  Outbox outbox_;
  Sealing sealing_;
  Inbox inbox_;
  SentItems sent_items_;
  PeerCapabilities capabilities_;
  MessageComposer composer_;
  ComposingPeers composing_peers_;
  Notifier notifier_;
  Random random_;
  std::uint64_t last_job_ = 0;
  std::deque<Output> outputs_;
};

}  // namespace sip
