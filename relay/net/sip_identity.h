#pragma once

#include <openssl/x509.h>

#include <string_view>

namespace relay {

/// Whether a certificate, valid by RFC 5280, is that of a SIP domain (RFC 5922 7.1, 7.2): by a sip URI in
/// subjectAltName, else by a DNS name there, else by the common name. Wildcards match nothing.
bool is_certificate_of(const X509& certificate, std::string_view domain);

}  // namespace relay
