#pragma once

#include <deque>
#include <map>
#include <optional>

#include "base/time.h"
#include "im/outgoing_message.h"
#include "im/question.h"

namespace sip {

/// The messages under way whose body the driver was asked to seal (docs/adr/0006). The Outbox lets one to a
/// person be under way, so that there are never more of them than people written to.
class Sealing {
 public:
  /// A person may be asked for the word that unlocks a key. Longer than this, and the driver has forgotten.
  static constexpr Seconds max_wait{120};

  void asked(Now now, JobId job, OutgoingMessage message);
  /// Gives the message when it must not go out. An answer to no question here, or to another kind, is
  /// ignored.
  std::optional<OutgoingMessage> answered(JobId job, Answer answer);
  /// The next message whose answer is overdue; it is forgotten.
  std::optional<OutgoingMessage> overdue(Now now);
  /// The next message that may go out, as it is now.
  std::optional<OutgoingMessage> next();
  /// True when that message was here; it does not go out.
  bool forget(const MessageId& id);
  /// Every message under way waits in the Outbox again.
  void connection_lost();

  Deadline deadline() const;

 private:
  struct Waiting {
    OutgoingMessage message;
    Instant due;
  };
  /// In the order of asking, in which they also fall due.
  std::map<JobId, Waiting> waiting_;
  std::deque<OutgoingMessage> ready_;
};

}  // namespace sip
