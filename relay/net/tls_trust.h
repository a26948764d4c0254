#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <string>

#include "net/stream.h"

namespace relay {

/// Whom the relay believes when it opens TLS to another domain: the system's authorities, and those of a
/// file.
class TlsTrust {
 public:
  TlsTrust();

  /// A PEM file of further authorities. Gives a sentence when it is of no use.
  std::optional<std::string> add(const std::string& authorities);
  /// A stream for a client's handshake with that SIP domain; one whose certificate is not of it fails (RFC
  /// 5922 7.3). The trust outlives the stream.
  TlsStream stream_to(TcpStream stream, const std::string& domain);

 private:
  boost::asio::ssl::context context_;
};

}  // namespace relay
