#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "message/mandatory_headers.h"
#include "message/message_view.h"

namespace sip {

/// What a response and its client transaction have in common: branch and CSeq method (RFC 3261 17.1.3).
std::string client_key(std::string_view branch, std::string_view method);

/// What a request and its server transaction have in common: branch, sent-by and method, or for a request of
/// RFC 2543 (no magic cookie) Request-URI, tags, Call-ID, CSeq and topmost Via (RFC 3261 17.2.3). The method
/// stands last, so that the keys of what a CANCEL may mean are neighbours. An ACK has the key of its INVITE,
/// by RFC 2543 that of ack_key().
std::string server_key(const MessageView& request, const MandatoryHeaders& headers);

/// The key of an RFC 2543 ACK for a response with that To tag to the INVITE with that key; none for an INVITE
/// with the cookie, whose ACK has its own key.
std::optional<std::string> ack_key(std::string_view invite_key, std::string_view to_tag);

/// What the key of a CANCEL has in common with that of the request it means: all but the method (9.2).
std::string_view without_method(std::string_view key);

}  // namespace sip
