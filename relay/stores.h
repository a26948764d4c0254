#pragma once

#include <optional>

#include "config/config.h"
#include "net/reactor.h"
#include "store/credential_thread.h"
#include "store/mailbox_thread.h"

namespace relay {

/// How long messages are stored at most; none: there is no mailbox.
std::optional<sip::Seconds> keeps_messages_for(const Config& config);
MailboxQuota quota(const Config& config);

/// Has the reactor's questions answered by the threads of the stores. Without a mailbox the relay asks
/// nothing of it.
Reactor::Stores stores(CredentialThread& credentials, MailboxThread* mailbox);

}  // namespace relay
