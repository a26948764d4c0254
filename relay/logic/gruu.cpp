#include "logic/gruu.h"

#include <span>

#include "base/ascii.h"
#include "base/constant_time.h"
#include "base/encoding.h"
#include "base/sha256.h"

namespace relay {

using namespace sip;

namespace {

constexpr std::string_view prefix = "tgruu.";
constexpr std::size_t nonce_length = 16;           // 80 bits, five a character
constexpr std::size_t gruu_signature_length = 20;  // 80 bits in hexadecimal
constexpr std::size_t sealed_length = 2 * Gruu::key_length;

/// What a pvalue may hold as it is (RFC 3261 25.1).
bool is_param_char(char c) {
  return is_alphanum(c) || std::string_view("-_.!~*'()[]/:&+$").find(c) != std::string_view::npos;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_param_char(c)) {
      result += c;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    result += "%" + hex(std::span(&byte, 1));
  }
  return result;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(16 * high + low);
  }
  return bytes;
}

std::string exclusive_or(std::string_view a, std::string_view b) {
  std::string result(a);
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<char>(result[i] ^ b[i]);
  return result;
}

std::string_view as_text(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Gruu::Gruu(Random random)
    : random_(random), cipher_key_(random_.token(32)), signing_key_(random_.token(32)) {}

std::string Gruu::public_gruu(const Uri& address, std::string_view instance) {
  if (instance.starts_with('<') && instance.ends_with('>'))
    instance = instance.substr(1, instance.size() - 2);
  return address_of_record(address) + ";gr=" + escaped(instance);
}

bool Gruu::is_temporary(const Uri& uri) {
  const auto gr = uri.params.find("gr");
  return gr && !gr->value;
}

std::optional<std::string> Gruu::instance_of(const Uri& uri) {
  const auto decoded = percent_decoded(uri.params.value("gr").value_or(std::string_view{}));
  return decoded ? std::optional<std::string>("<" + *decoded + ">") : std::nullopt;
}

std::string Gruu::temporary_gruu(std::string_view key, std::string_view domain) {
  const std::string nonce = random_.token(nonce_length);
  const std::string sealed = exclusive_or(key, mask(nonce));
  const std::string body =
      nonce + hex(std::span(reinterpret_cast<const std::uint8_t*>(sealed.data()), sealed.size()));
  return "sip:" + std::string(prefix) + body + signature(body) + "@" + std::string(domain) + ";gr";
}

std::optional<std::string> Gruu::key_of(const Uri& uri) const {
  std::string_view text = uri.user;
  if (text.size() != prefix.size() + nonce_length + sealed_length + gruu_signature_length ||
      !text.starts_with(prefix))
    return std::nullopt;
  text.remove_prefix(prefix.size());
  const std::string_view body = text.substr(0, nonce_length + sealed_length);
  if (!equal_in_constant_time(signature(body), text.substr(body.size()))) return std::nullopt;
  const auto sealed = from_hex(body.substr(nonce_length));
  if (!sealed) return std::nullopt;
  return exclusive_or(*sealed, mask(body.substr(0, nonce_length)));
}

std::string Gruu::mask(std::string_view nonce) const {
  return std::string(as_text(hmac_sha256(cipher_key_, nonce)).substr(0, key_length));
}

std::string Gruu::signature(std::string_view text) const {
  const Sha256Digest digest = hmac_sha256(signing_key_, text);
  return hex(digest).substr(0, gruu_signature_length);
}

}  // namespace relay
