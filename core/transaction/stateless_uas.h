#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "message/message_view.h"

namespace sip {

/// Answers requests that get no transaction (RFC 3261 8.2.7): the malformed and the too many.
class StatelessUas {
 public:
  explicit StatelessUas(Random random) : key_(random.token(32)) {}

  using Fields = std::vector<std::pair<HeaderName, std::string>>;
  /// The whole response, the same for each repeat of a request. None for an ACK, for a response, and for a
  /// request without the fields that a response copies (8.2.6.2). An empty reason gets the usual phrase.
  std::optional<std::string> respond(const MessageView& request, int status, std::string_view reason = {},
                                     const Fields& fields = {}) const;

 private:
  std::string tag(const MessageView& request) const;

  std::string key_;
};

}  // namespace sip
