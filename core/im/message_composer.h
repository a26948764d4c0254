#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "im/composing.h"

namespace sip {

/// The sender's side of RFC 3994 3.2: when to tell whom that a message is being written.
class MessageComposer {
 public:
  /// "active" is repeated, and said at all, at most this often (3.2: no shorter than 60 seconds).
  static constexpr Seconds refresh{60};
  /// Who has written nothing for so long is idle (3.2: 15 seconds by default).
  static constexpr Seconds idle_timeout{15};
  /// A person writes to one or two at a time. Whoever is over this is not told.
  static constexpr std::size_t max_recipients = 64;

  /// The person added something to a message, or gave it up.
  void set(Now now, const std::string& recipient, IsComposing::State state);
  /// A message was sent: that ends the composing, and nothing needs to say so.
  void sent(const std::string& recipient);

  struct Status {
    std::string recipient;
    IsComposing::State state;
  };
  /// What there is to say now. What is not said() stays due.
  std::vector<Status> due(Now now);
  void said(Now now, const Status& status);
  /// When something becomes due by time alone, as of the last due().
  Deadline deadline() const { return deadline_; }

 private:
  struct Item {
    bool is_active = false;
    bool was_told = false;  ///< the recipient takes us for active
    Instant last_input{};
    Deadline next_active;  ///< none: at once
  };

  std::map<std::string, Item> items_;
  Deadline deadline_;
};

}  // namespace sip
