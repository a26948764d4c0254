#pragma once

#include "net/stream.h"

namespace relay {

/// What every TCP connection has, once it stands: its messages leave at once, and it ends when the other end
/// is gone without a word.
void set_tcp_options(TcpSocket& socket);

}  // namespace relay
