#include "net/tls_trust.h"

#include "net/tls_identity.h"

namespace relay {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

std::optional<std::string> TlsTrust::load() {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  restrict_tls(*context);
  error_code ignored;  // a system without authorities trusts nobody but those of the file
  context->set_default_verify_paths(ignored);
  context->set_verify_mode(ssl::verify_peer);
  error_code error;
  if (!authorities_.empty() && context->load_verify_file(authorities_, error))
    return "trusted-authorities: cannot use \"" + authorities_ + "\": " + error.message();
  context_ = std::move(context);
  return std::nullopt;
}

}  // namespace relay
