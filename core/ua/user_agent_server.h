#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "im/inbox.h"
#include "message/message_view.h"
#include "transaction/stateless_uas.h"

namespace sip {

/// The UAS (RFC 3261 8.2): writes the answers to what others ask.
class UserAgentServer {
 public:
  explicit UserAgentServer(Random random) : stateless_(random.split()), random_(random) {}

  /// The answer to a request that has a transaction. `to_tag` is empty where no earlier answer gave one.
  std::string response(const MessageView& request, const Judgement& judgement, std::string to_tag);
  /// The answer to a request that gets no transaction (8.2.7); none where there must be none.
  std::optional<std::string> stateless_response(const MessageView& request, int status,
                                                std::string_view phrase = {}) const;
  /// 21.5.7: what is past a limit is refused where it can be answered; what is no SIP message is dropped.
  std::optional<std::string> answer_to_unreadable(std::string_view text, const Error& error) const;

 private:
  StatelessUas stateless_;
  Random random_;
};

}  // namespace sip
