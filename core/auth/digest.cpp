#include "auth/digest.h"

#include <array>

#include "base/ascii.h"
#include "base/md5.h"
#include "base/sha256.h"
#include "base/sha512_256.h"

namespace sip {

namespace {

constexpr std::array every_algorithm{DigestAlgorithm::md5,        DigestAlgorithm::md5_sess,
                                     DigestAlgorithm::sha256,     DigestAlgorithm::sha256_sess,
                                     DigestAlgorithm::sha512_256, DigestAlgorithm::sha512_256_sess};

std::string digest_hex(DigestAlgorithm algorithm, std::string_view data) {
  switch (algorithm) {
    case DigestAlgorithm::md5:
    case DigestAlgorithm::md5_sess: return md5_hex(data);
    case DigestAlgorithm::sha256:
    case DigestAlgorithm::sha256_sess: return sha256_hex(data);
    case DigestAlgorithm::sha512_256:
    case DigestAlgorithm::sha512_256_sess: return sha512_256_hex(data);
  }
  return {};
}

}  // namespace

std::string_view to_text(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::md5: return "MD5";
    case DigestAlgorithm::md5_sess: return "MD5-sess";
    case DigestAlgorithm::sha256: return "SHA-256";
    case DigestAlgorithm::sha256_sess: return "SHA-256-sess";
    case DigestAlgorithm::sha512_256: return "SHA-512-256";
    case DigestAlgorithm::sha512_256_sess: return "SHA-512-256-sess";
  }
  return {};
}

std::optional<DigestAlgorithm> parse_digest_algorithm(std::string_view text) {
  if (text.empty()) return DigestAlgorithm::md5;
  for (const DigestAlgorithm algorithm : every_algorithm)
    if (equal_ignoring_case(text, to_text(algorithm))) return algorithm;
  return std::nullopt;
}

DigestAlgorithm without_session(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::md5:
    case DigestAlgorithm::md5_sess: return DigestAlgorithm::md5;
    case DigestAlgorithm::sha256:
    case DigestAlgorithm::sha256_sess: return DigestAlgorithm::sha256;
    case DigestAlgorithm::sha512_256:
    case DigestAlgorithm::sha512_256_sess: return DigestAlgorithm::sha512_256;
  }
  return algorithm;
}

int strength(DigestAlgorithm algorithm) { return static_cast<int>(without_session(algorithm)); }

std::string digest_ha1(DigestAlgorithm algorithm, std::string_view username, std::string_view realm,
                       std::string_view password) {
  std::string a1(username);
  a1.append(":").append(realm).append(":").append(password);
  return digest_hex(algorithm, a1);
}

std::string digest_session_ha1(DigestAlgorithm algorithm, std::string_view ha1, std::string_view nonce,
                               std::string_view cnonce) {
  std::string a1(ha1);
  if (!is_session(algorithm)) return a1;
  a1.append(":").append(nonce).append(":").append(cnonce);
  return digest_hex(algorithm, a1);
}

std::string digest_userhash(DigestAlgorithm algorithm, std::string_view username, std::string_view realm) {
  std::string name(username);
  name.append(":").append(realm);
  return digest_hex(algorithm, name);
}

std::string digest_response(const DigestInput& input) {
  std::string a2(input.method);
  a2.append(":").append(input.uri);
  // RFC 8760 2.6 item 7: without a body it is the hash of nothing.
  if (equal_ignoring_case(input.qop, "auth-int"))
    a2.append(":").append(digest_hex(input.algorithm, input.entity_body));

  std::string data(input.ha1);
  data.append(":").append(input.nonce);
  if (!input.qop.empty()) {
    data.append(":").append(input.nonce_count).append(":").append(input.cnonce).append(":").append(input.qop);
  }
  data.append(":").append(digest_hex(input.algorithm, a2));
  return digest_hex(input.algorithm, data);
}

}  // namespace sip
