#include "net/tls_client_stream.h"

#include <openssl/ssl.h>

#include <utility>

#include "net/sip_identity.h"
#include "transport/endpoint.h"

namespace relay {

namespace ssl = boost::asio::ssl;

TlsStream tls_client_stream(TcpSocket socket, const TlsTrust& trust, const std::string& domain) {
  TlsStream secure(std::move(socket), trust.context());
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
