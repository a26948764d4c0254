#pragma once

#include <string>
#include <string_view>

#include "message/message_view.h"

namespace sip {

/// What the hop-by-hop requests that belong to an INVITE take from it (RFC 3261 9.1, 17.1.1.3), as a request:
/// the rest can be forgotten.
std::string abridged_invite(const MessageView& invite);

/// The ACK of a client transaction for a refused INVITE, whole or abridged; `to` is that of the response
/// (17.1.1.3).
std::string ack_of(const MessageView& invite, std::string_view to);

/// The CANCEL of an INVITE, whole or abridged (9.1).
std::string cancel_of(const MessageView& invite);

}  // namespace sip
