#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace relay {

/// Whom the relay believes when it opens TLS to another domain: the system's authorities, and those of a
/// file.
class TlsTrust {
 public:
  /// The name of a PEM file of further authorities; empty for none.
  explicit TlsTrust(std::string authorities) : authorities_(std::move(authorities)) {}

  /// Reads them. Gives a sentence when the file is of no use.
  std::optional<std::string> load();
  /// For the next connection; load() was successful. Connections keep the one that they began with.
  boost::asio::ssl::context& context() const { return *context_; }

 private:
  std::string authorities_;
  std::unique_ptr<boost::asio::ssl::context> context_;
};

}  // namespace relay
