#pragma once

#include <optional>
#include <string_view>

#include "corpus.h"

namespace bench {

/// A SIP parser that takes part.
struct Contender {
  std::string_view name;
  /// Parses the whole message, each header field it knows into its parts, and frees all of it. False when it
  /// refuses the message.
  bool (*parse)(std::string_view text);
  /// What the same parse found; none when it refuses the message.
  std::optional<Parts> (*parts)(std::string_view text);
};

Contender sipmsg();
Contender libosip2();
Contender sofia_sip();

}  // namespace bench
