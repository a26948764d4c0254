#pragma once

#include <string>

#include "message/mandatory_headers.h"
#include "message/message_view.h"

namespace sip {

/// What a response and its client transaction have in common: branch and CSeq method (RFC 3261 17.1.3).
std::string client_key(std::string_view branch, std::string_view method);

/// What a request and its server transaction have in common: branch, sent-by and method, or for a request of
/// RFC 2543 (no magic cookie) Request-URI, tags, Call-ID, CSeq and topmost Via (RFC 3261 17.2.3).
std::string server_key(const MessageView& request, const MandatoryHeaders& headers);

}  // namespace sip
