#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "message/cseq.h"
#include "message/message_view.h"
#include "message/name_addr.h"
#include "message/via.h"

namespace sip {

/// How many values a list may have that says which way a message went or shall go (Via, Route, Record-Route),
/// or that a registrar walks (Contact): Max-Forwards counts 255 hops at most (RFC 3261 20.22), and a person
/// has fewer devices.
inline constexpr std::size_t max_list_values = 256;

/// The header fields that every request and response carries (RFC 3261 8.1.1), each once and well-formed.
struct MandatoryHeaders {
  MandatoryHeaders() {}  // NOLINT: as in Contact
  Via via;               ///< the topmost
  NameAddr from;
  NameAddr to;
  std::string_view call_id;
  CSeq cseq;
  std::optional<unsigned> max_forwards;  ///< 0..255; old clients leave it out

  /// The error's `what` names the field. A request's CSeq method must be its own (8.1.1.5).
  static Result<MandatoryHeaders> parse(const MessageView& message);

 private:
  std::optional<Error> read(const MessageView& message);
};

/// The status for a request that can't be read: 400; 513 for one past a limit; 501 where it is of an unknown
/// method, whose header fields may follow rules of its own (RFC 4475 3.1.2.18).
int defect_status(const MessageView& request, const Error& error);

}  // namespace sip
