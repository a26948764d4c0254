#pragma once

#include <optional>
#include <string>

#include "message/message_view.h"
#include "message/via.h"
#include "transport/endpoint.h"

namespace sip {

/// The topmost Via of a request as its receiver completes it: received and rport (RFC 3261 18.2.1, RFC 3581
/// 4). None when nothing needs to be added.
std::optional<std::string> completed_via(const Via& via, std::string_view via_text, const Endpoint& source);

/// Where the response goes (RFC 3261 18.2.2, RFC 3581 4): back on the flow for TCP, TLS and WebSocket, with
/// the Via's address should the flow be gone; for UDP to received:rport.
Peer response_route(const Via& via, const Peer& source);

}  // namespace sip
