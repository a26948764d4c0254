#include "auth/digest_client.h"
#include "base/ascii.h"
#include "base/hash.h"

namespace sip {

namespace {

std::string digest_hex(DigestAlgorithm algorithm, std::string_view data) {
  switch (algorithm) {
    case DigestAlgorithm::md5: return md5_hex(data);
    case DigestAlgorithm::sha256: return sha256_hex(data);
  }
  return {};
}

}  // namespace

std::string_view to_text(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::md5: return "MD5";
    case DigestAlgorithm::sha256: return "SHA-256";
  }
  return {};
}

std::optional<DigestAlgorithm> parse_digest_algorithm(std::string_view text) {
  if (text.empty() || equal_ignoring_case(text, "MD5")) return DigestAlgorithm::md5;
  if (equal_ignoring_case(text, "SHA-256")) return DigestAlgorithm::sha256;
  return std::nullopt;
}

std::string digest_ha1(DigestAlgorithm algorithm, std::string_view username, std::string_view realm,
                       std::string_view password) {
  std::string a1(username);
  a1.append(":").append(realm).append(":").append(password);
  return digest_hex(algorithm, a1);
}

std::string digest_response(const DigestInput& input) {
  std::string a2(input.method);
  a2.append(":").append(input.uri);

  std::string data(input.ha1);
  data.append(":").append(input.nonce);
  if (!input.qop.empty()) {
    data.append(":").append(input.nonce_count).append(":").append(input.cnonce).append(":").append(input.qop);
  }
  data.append(":").append(digest_hex(input.algorithm, a2));
  return digest_hex(input.algorithm, data);
}

}  // namespace sip
