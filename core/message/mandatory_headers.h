#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "message/cseq.h"
#include "message/message_view.h"
#include "message/name_addr.h"
#include "message/via.h"

namespace sip {

/// The header fields that every request and response carries (RFC 3261 8.1.1), each once and well-formed.
struct MandatoryHeaders {
  Via via;  ///< the topmost
  NameAddr from;
  NameAddr to;
  std::string_view call_id;
  CSeq cseq;
  std::optional<unsigned> max_forwards;  ///< 0..255; old clients leave it out

  /// The error's `what` names the field. A request's CSeq method must be its own (8.1.1.5).
  static Result<MandatoryHeaders> parse(const MessageView& message);
};

}  // namespace sip
