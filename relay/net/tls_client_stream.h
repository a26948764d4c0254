#pragma once

#include <string>

#include "net/stream.h"
#include "net/tls_trust.h"

namespace relay {

/// A stream for a client's handshake with that SIP domain; one whose certificate is not of it fails (RFC 5922
/// 7.3).
TlsStream tls_client_stream(TcpSocket socket, const TlsTrust& trust, const std::string& domain);

}  // namespace relay
