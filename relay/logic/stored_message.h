#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "logic/authenticator.h"
#include "logic/message_store.h"
#include "logic/request.h"

namespace relay {

/// Whether a request is one to be kept for somebody who is not there: see stored_message().
bool is_for_later(const Request& request);

/// When a request that came at `received` is of no use any more (RFC 3428 7), `longest` after that at last.
sip::UnixTime expiry(sip::UnixTime received, const Request& request, sip::Seconds longest);

/// What to keep of a request for a recipient (user@domain) who is not there; none for what is not kept: what
/// is no MESSAGE, what is of no use later (an isComposing, one whose time is over), what stands in a dialog
/// or is for one device alone, and what asks for SIPS, which is a promise about the way and not about disks.
/// It waits no longer than its expiry().
std::optional<StoredMessage> stored_message(sip::Now now, sip::UnixTime received, const Request& request,
                                            std::string recipient, const Authenticator& authenticator,
                                            sip::Seconds longest);

}  // namespace relay
