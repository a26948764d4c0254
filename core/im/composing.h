#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace sip {

/// An isComposing status message: an application/im-iscomposing+xml document (RFC 3994 3.4, 6).
struct IsComposing {
  enum class State : std::uint8_t { idle, active };

  State state = State::idle;            ///< every state but "active" counts as idle (3.5)
  std::optional<Seconds> refresh;       ///< when the next one may be expected; more than max_refresh is cut
  std::optional<UnixTime> last_active;  ///< when the person last added something
  std::string content_type;             ///< a hint: "text" or "text/plain"; may be empty

  /// Nobody writes at one message for longer without a sign of life.
  static constexpr Seconds max_refresh{3600};

  /// Fails for what is not well-formed or tells no state. A refresh or a time that can't be read is left out.
  static Result<IsComposing> parse(std::string_view document);
  std::string write() const;
};

}  // namespace sip
