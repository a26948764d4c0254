#pragma once

namespace relay {

/// Keeps SIGINT, SIGTERM and SIGHUP from this thread and those that it starts; what comes waits. So they
/// reach the reactor alone, while it runs, and neither end it before it can say goodbye nor while it does.
void block_signals();
/// Lets them reach this thread.
void unblock_signals();

}  // namespace relay
