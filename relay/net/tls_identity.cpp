#include "net/tls_identity.h"

#include <openssl/ssl.h>

namespace relay {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

/// For TLS 1.2, suites with forward secrecy and authenticated encryption alone. RFC 3261 26.2.1 asks for one
/// of 2002 without either, which browsers and phones have left behind.
constexpr const char* tls12_suites = "ECDHE+AESGCM:ECDHE+CHACHA20";

}  // namespace

void restrict_tls(ssl::context& context) {
  SSL_CTX* native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(native, tls12_suites);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // Some 32 KiB less for each connection that is idle.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
}

std::vector<std::string> TlsIdentity::load() {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  restrict_tls(*context);
  std::vector<std::string> problems;
  error_code error;
  if (!certificate_.empty() && context->use_certificate_chain_file(certificate_, error))
    problems.push_back("certificate: cannot use \"" + certificate_ + "\": " + error.message());
  if (!private_key_.empty() && context->use_private_key_file(private_key_, ssl::context::pem, error))
    problems.push_back("private-key: cannot use \"" + private_key_ + "\": " + error.message());
  if (problems.empty()) context_ = std::move(context);
  return problems;
}

}  // namespace relay
