#include "net/sip_identity.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "message/uri.h"

namespace relay {

namespace {

std::string_view text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

/// 7.1: the host of a sip URI that has no user.
void add_uri(std::string_view text, std::vector<std::string_view>& domains) {
  const auto uri = sip::Uri::parse(text);
  const bool is_domain =
      uri && sip::equal_ignoring_case(uri->scheme, "sip") && text.find('@') == std::string_view::npos;
  if (is_domain) domains.push_back(uri->host);
}

void add_common_names(const X509& certificate, std::vector<std::string_view>& domains) {
  const X509_NAME* subject = X509_get_subject_name(&certificate);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;)
    domains.push_back(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
}

}  // namespace

bool is_certificate_of(const X509& certificate, std::string_view domain) {
  using Names = std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)>;
  const Names names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  std::vector<std::string_view> by_uri;
  std::vector<std::string_view> by_dns;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_URI) add_uri(text_of(name->d.uniformResourceIdentifier), by_uri);
    if (name->type == GEN_DNS) by_dns.push_back(text_of(name->d.dNSName));
  }
  // 7.1: DNS names count only where no URI does, the common name only without subjectAltName.
  std::vector<std::string_view>& domains = by_uri.empty() ? by_dns : by_uri;
  if (!names) add_common_names(certificate, domains);
  return std::any_of(domains.begin(), domains.end(),
                     [&](std::string_view each) { return sip::equal_ignoring_case(each, domain); });
}

}  // namespace relay
