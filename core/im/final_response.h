#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "im/delivery.h"
#include "message/message_view.h"

namespace sip {

/// What a final response to a MESSAGE says to its sender (RFC 3261 21, RFC 3428 7).
struct FinalResponse {
  int status = 0;  ///< 200..699
  std::string phrase{};
  std::optional<Seconds> retry_after{};  ///< 20.33
  std::vector<std::string> targets{};    ///< URIs to try instead, as targets_of() says

  /// `target` is the Request-URI that it answers.
  static FinalResponse read(const MessageView& response, std::string_view target,
                            std::optional<Seconds> retry_after);

  bool is_success() const { return status < 300; }
  /// What a failure means to the person who wrote.
  FailureReason reason() const;
  /// Whether the same request may succeed later: by its status, or because it names the time
  /// (21.4.5, 21.4.11, 21.4.24 with 20.33). A 6xx is the person's own word, and no later try asks for another
  /// one.
  bool may_pass() const;
};

}  // namespace sip
