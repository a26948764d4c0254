#pragma once

#include <string>
#include <string_view>

#include "message/message_view.h"

namespace sip {

/// The ACK of a client transaction for a refused INVITE (RFC 3261 17.1.1.3), in two steps: what it takes from
/// the INVITE, which can then be forgotten, and the To of the response.
std::string ack_without_to(const MessageView& invite);
std::string finished_ack(std::string without_to, std::string_view to);

}  // namespace sip
