#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.h"
#include "im/content.h"
#include "im/delivery.h"
#include "im/question.h"
#include "message/mandatory_headers.h"
#include "message/message_view.h"

namespace sip {

/// A message to show.
struct Incoming {
  std::string from;          ///< the sender's URI without parameters, as in From
  std::string display_name;  ///< unquoted, may be empty
  std::string content_type;
  std::string body;  ///< UTF-8
  MessageId id;      ///< its Message-ID (RFC 5438 6.3), or its Call-ID where it has none
  UnixTime sent{};   ///< its DateTime or Date, unless that is missing or in the future: then when it came
  Protection protection = Protection::none;  ///< of the body
  std::string signer{};                      ///< who signed it; empty: nobody. It need not be the sender
};

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
  /// The body of the answer, and its type: of a refusal alone (RFC 3428 7).
  std::string content_type{};
  std::string body{};
};

/// Judges received requests as a UAS (RFC 3261 8.2, RFC 3428 7) and knows the ones it has seen.
class Inbox {
 public:
  /// How many messages are remembered in order to know their repeats. A repeat comes within minutes.
  static constexpr std::size_t max_remembered = 4096;

  explicit Inbox(EndToEnd end_to_end) : end_to_end_(end_to_end) {}

  /// A Question when nothing can be said before that is answered: then it judges again, with one answer more.
  std::variant<Judgement, Question> judge(Now now, const MessageView& request,
                                          const MandatoryHeaders& headers, ContentAnswers& answers);

 private:
  Judgement judgement(Now now, const MessageView& request, const MandatoryHeaders& headers,
                      ContentAnswers& answers);
  Judgement take_message(Now now, const MessageView& request, const MandatoryHeaders& headers,
                         ContentAnswers& answers);
  Judgement refuse_content(const Error& error, const ContentAnswers& answers) const;
  bool is_new(const MessageView& request, const MandatoryHeaders& headers, const Content& content);
  bool remember(std::string key);

  EndToEnd end_to_end_;
  std::unordered_set<std::string> seen_;
  std::deque<std::string> oldest_first_;
};

/// The methods that a UserAgent serves, for Allow (RFC 3261 20.5).
inline constexpr std::string_view served_methods = "MESSAGE, OPTIONS";

}  // namespace sip
