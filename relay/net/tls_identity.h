#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace relay {

/// How the relay speaks TLS, to whomever: 1.2 with forward secrecy and authenticated encryption, or 1.3.
void restrict_tls(boost::asio::ssl::context& context);

/// The certificate that the relay shows to whoever connects by TLS (RFC 3261 26.3.1).
class TlsIdentity {
 public:
  /// Both are names of PEM files; the first holds the chain, the relay's own certificate foremost. Without a
  /// name there is no such file, and load() judges the other one alone.
  TlsIdentity(std::string certificate, std::string private_key)
      : certificate_(std::move(certificate)), private_key_(std::move(private_key)) {}

  /// Reads the files. Gives a sentence for each that is of no use; what was read before stays in force then.
  std::vector<std::string> load();
  /// For the next connection; load() was successful with both files. Connections keep the one that they began
  /// with.
  boost::asio::ssl::context& context() const { return *context_; }

 private:
  std::string certificate_;
  std::string private_key_;
  std::unique_ptr<boost::asio::ssl::context> context_;
};

}  // namespace relay
