#pragma once

#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "net/counted_stream.h"
#include "net/stream.h"

namespace relay {

template <class Stream>
using WsStream = boost::beast::websocket::stream<CountedStream<Stream>>;

/// RFC 7692 7.1.1.2: to be called behind each message, the next is inflated without anything of this one.
///
/// Beast before its version 359 leaves something behind (boostorg/beast#3028). A read of 1536 bytes may be
/// full, with text still to come out, when it has taken the last byte of a message. The 00 00 ff ff of 7.2.2
/// then bring out the rest, and Beast inflates them a second time to see that this was all: a block begins,
/// and the next message is an "invalid stored block length". What Beast calls to clear that does nothing.
/// (A message may fail by itself as well when they are inflated in two reads, but only of codes that are no
/// Huffman's: an end of 3 bits at most beside others of 9.)
void inflate_anew(WsStream<TcpSocket>& stream);
void inflate_anew(WsStream<TlsStream>& stream);

}  // namespace relay
