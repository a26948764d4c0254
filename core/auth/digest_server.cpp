#include "auth/digest_server.h"

#include <array>
#include <optional>
#include <span>
#include <utility>

#include "base/ascii.h"
#include "base/encoding.h"
#include "base/hash.h"

namespace sip {

namespace {

/// A nonce is the time of its issue, a random part and a truncated signature over both, in hexadecimal.
constexpr std::size_t time_digits = 16;
constexpr std::size_t unsigned_digits = 32;
constexpr std::size_t signature_bytes = 16;
constexpr std::uint32_t window_width = 64;

std::string hex_of(std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
  return hex(bytes);
}

/// Hexadecimal digits and nothing else, of at most 64 bits.
std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit < 0) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(digit);
  }
  return value;
}

/// Shifts the line so that times before its zero keep their order as unsigned numbers.
constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

std::string time_text(Instant time) {
  return hex_of(static_cast<std::uint64_t>(time.time_since_epoch().count()) ^ sign_bit);
}

/// Of a nonce whose signature is right.
bool is_fresh(Now now, std::string_view nonce) {
  const std::uint64_t shifted = parse_hex(nonce.substr(0, time_digits)).value_or(0);
  const Instant issued{Milliseconds{static_cast<std::int64_t>(shifted ^ sign_bit)}};
  return now.mono - issued < DigestServer::nonce_lifetime;
}

/// The parameters of an answer in the form that RFC 7616 3.4 asks for.
struct Answer {
  DigestAlgorithm algorithm;
  std::string nonce;
  std::string cnonce;
  std::string_view nonce_count;
  std::uint32_t count;
  std::string_view qop;
  std::string_view response;
};

/// nc-value: eight digits (RFC 7616 3.4), the first use is 1.
std::optional<std::uint32_t> parse_nonce_count(std::string_view text) {
  if (text.size() != 8) return std::nullopt;
  const auto count = parse_hex(text);
  if (!count || *count == 0) return std::nullopt;
  return static_cast<std::uint32_t>(*count);
}

std::optional<Answer> read_answer(const AuthParams& authorization, std::string_view request_uri) {
  const auto nonce = authorization.value("nonce");
  const auto cnonce = authorization.value("cnonce");
  const auto nonce_count = authorization.value("nc");
  const auto qop = authorization.value("qop");
  const auto uri = authorization.value("uri");
  const auto response = authorization.value("response");
  if (!authorization.value("username") || !nonce || !cnonce || !nonce_count || !qop || !uri || !response) {
    return std::nullopt;
  }
  const auto algorithm = parse_digest_algorithm(authorization.value("algorithm").value_or(""));
  const auto count = parse_nonce_count(*nonce_count);
  if (!algorithm || !count || !equal_ignoring_case(*qop, "auth")) return std::nullopt;
  if (unquoted(*uri) != request_uri) return std::nullopt;  // RFC 7616 3.4.6
  return Answer{*algorithm, unquoted(*nonce), unquoted(*cnonce), *nonce_count, *count, *qop, *response};
}

bool response_is_right(const Answer& answer, std::string_view method, std::string_view request_uri,
                       const StoredDigest& stored) {
  const std::string& ha1 = answer.algorithm == DigestAlgorithm::md5 ? stored.ha1_md5 : stored.ha1_sha256;
  DigestInput input;
  input.algorithm = answer.algorithm;
  input.ha1 = ha1;
  input.method = method;
  input.uri = request_uri;
  input.nonce = answer.nonce;
  input.nonce_count = answer.nonce_count;
  input.cnonce = answer.cnonce;
  input.qop = answer.qop;
  const bool equal = equal_in_constant_time(digest_response(input), answer.response);
  // Hashed all the same: the time taken tells nobody which users exist.
  return equal && !ha1.empty();
}

}  // namespace

DigestServer::DigestServer(std::string realm, Random random, std::size_t nonces_watched)
    : realm_(std::move(realm)), random_(random), nonces_watched_(nonces_watched) {
  for (int i = 0; i < 4; ++i) secret_ += hex_of(random_.next());
}

std::vector<std::string> DigestServer::challenges(Now now, bool stale,
                                                  std::span<const DigestAlgorithm> algorithms) {
  // RFC 8760 2.6: qop is always sent. RFC 7616 3.3: stale and algorithm are never quoted.
  const std::string nonce = make_nonce(now);
  std::vector<std::string> values;
  for (const DigestAlgorithm algorithm : algorithms) {
    std::string value = "Digest realm=" + quoted(realm_) + ", nonce=" + quoted(nonce);
    value.append(", algorithm=").append(to_text(algorithm)).append(", qop=\"auth\"");
    if (stale) value += ", stale=true";
    values.push_back(std::move(value));
  }
  return values;
}

DigestServer::Verdict DigestServer::verify(Now now, const AuthParams& authorization, std::string_view method,
                                           std::string_view request_uri, const StoredDigest& stored) {
  if (!equal_ignoring_case(authorization.scheme, "Digest")) return Verdict::refused;
  const auto realm = authorization.value("realm");
  if (!realm) return Verdict::malformed;
  if (unquoted(*realm) != realm_) return Verdict::refused;
  // RFC 8760 2.7: a client that was not challenged yet may send its name with an empty response.
  if (authorization.value("response") == "") return Verdict::refused;

  const std::optional<Answer> answer = read_answer(authorization, request_uri);
  if (!answer) return Verdict::malformed;
  // The password first: only who knows it learns that the nonce is stale, and fills windows.
  if (!response_is_right(*answer, method, request_uri, stored)) return Verdict::refused;
  if (!is_own_nonce(answer->nonce) || !is_fresh(now, answer->nonce)) return Verdict::stale;
  return count_is_new(now, answer->nonce, answer->count) ? Verdict::accepted : Verdict::stale;
}

std::string DigestServer::make_nonce(Now now) {
  std::string nonce = time_text(now.mono) + hex_of(random_.next());
  nonce += signature(nonce);
  return nonce;
}

std::string DigestServer::signature(std::string_view unsigned_part) const {
  const Sha256Digest digest = hmac_sha256(secret_, unsigned_part);
  return hex(std::span(digest).first<signature_bytes>());
}

bool DigestServer::is_own_nonce(std::string_view nonce) const {
  if (nonce.size() != unsigned_digits + 2 * signature_bytes) return false;
  return equal_in_constant_time(signature(nonce.substr(0, unsigned_digits)), nonce.substr(unsigned_digits));
}

bool DigestServer::count_is_new(Now now, std::string_view nonce, std::uint32_t count) {
  auto found = windows_.find(nonce);
  if (found == windows_.end()) {
    if (nonce <= newest_forgotten_) return false;
    while (!windows_.empty() && !is_fresh(now, windows_.begin()->first)) forget_oldest();
    windows_.emplace(nonce, Window{count, 1});
    if (windows_.size() > nonces_watched_) forget_oldest();
    return true;
  }
  Window& window = found->second;
  if (count > window.highest) {
    const std::uint32_t step = count - window.highest;
    window.seen = step < window_width ? window.seen << step | 1 : 1;
    window.highest = count;
    return true;
  }
  const std::uint32_t behind = window.highest - count;
  if (behind >= window_width) return false;
  const std::uint64_t bit = std::uint64_t{1} << behind;
  if ((window.seen & bit) != 0) return false;
  window.seen |= bit;
  return true;
}

void DigestServer::forget_oldest() {
  const auto oldest = windows_.begin();
  // An old nonce that comes late can be forgotten after a newer one.
  if (oldest->first > newest_forgotten_) newest_forgotten_ = oldest->first;
  windows_.erase(oldest);
}

}  // namespace sip
