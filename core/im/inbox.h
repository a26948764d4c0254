#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/time.h"
#include "im/content.h"
#include "im/incoming.h"
#include "message/mandatory_headers.h"
#include "message/message_view.h"

namespace sip {

/// How to answer a request, and what it brings. Of a repeat nothing is brought.
struct Judgement {
  int status = 200;
  std::vector<std::pair<HeaderName, std::string>> headers;
  std::optional<Incoming> message{};
  std::optional<NotificationRequest> request{};  ///< what the message wants to be told
  std::vector<Imdn> notifications{};
  std::optional<IsComposing> composing{};
  bool is_cpim = false;
  std::string from{};  ///< as in Incoming, for whatever it brings
};

/// Judges received requests as a UAS (RFC 3261 8.2, RFC 3428 7) and knows the ones it has seen.
class Inbox {
 public:
  /// How many messages are remembered in order to know their repeats. A repeat comes within minutes.
  static constexpr std::size_t max_remembered = 4096;

  Judgement judge(Now now, const MessageView& request, const MandatoryHeaders& headers);

 private:
  Judgement take_message(Now now, const MessageView& request, const MandatoryHeaders& headers);
  bool is_new(const MessageView& request, const MandatoryHeaders& headers, const Content& content);
  bool remember(std::string key);

  std::unordered_set<std::string> seen_;
  std::deque<std::string> oldest_first_;
};

/// The methods that a UserAgent serves, for Allow (RFC 3261 20.5).
inline constexpr std::string_view served_methods = "MESSAGE, OPTIONS";

}  // namespace sip
