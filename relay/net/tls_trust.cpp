#include "net/tls_trust.h"

#include <openssl/ssl.h>

#include <utility>

#include "net/sip_identity.h"
#include "net/tls_identity.h"
#include "transport/endpoint.h"

namespace relay {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

TlsTrust::TlsTrust() : context_(ssl::context::tls_client) {
  restrict_tls(context_);
  error_code ignored;  // a system without authorities trusts nobody but those of the file
  context_.set_default_verify_paths(ignored);
  context_.set_verify_mode(ssl::verify_peer);
}

std::optional<std::string> TlsTrust::add(const std::string& authorities) {
  error_code error;
  if (!context_.load_verify_file(authorities, error)) return std::nullopt;
  return "trusted-authorities: cannot use \"" + authorities + "\": " + error.message();
}

TlsStream TlsTrust::stream_to(TcpStream stream, const std::string& domain) {
  TlsStream secure(std::move(stream), context_);
  // RFC 5922 7.8, RFC 6066 3: the name for a server of many domains; addresses are none.
  if (!sip::IpAddress::parse(domain)) SSL_set_tlsext_host_name(secure.native_handle(), domain.c_str());
  secure.set_verify_callback([domain](bool is_valid, ssl::verify_context& verified) {
    X509_STORE_CTX* native = verified.native_handle();
    // The authorities above it need only be valid.
    if (!is_valid || X509_STORE_CTX_get_error_depth(native) > 0) return is_valid;
    if (is_certificate_of(*X509_STORE_CTX_get_current_cert(native), domain)) return true;
    X509_STORE_CTX_set_error(native, X509_V_ERR_HOSTNAME_MISMATCH);
    return false;
  });
  return secure;
}

}  // namespace relay
