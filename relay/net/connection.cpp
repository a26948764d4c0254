#include "net/connection.h"

#include "net/io_loop.h"

namespace relay {

Connection::Connection(IoLoop& loop, const sip::Peer& peer)
    : loop_(loop), peer_(peer), queue_(loop.unwritten()) {}

}  // namespace relay
