#include "auth/digest_server.h"

#include <array>
#include <optional>
#include <span>
#include <utility>

#include "auth/digest_challenge.h"
#include "base/ascii.h"
#include "base/constant_time.h"
#include "base/encoding.h"
#include "base/sha256.h"

namespace sip {

namespace {

/// A nonce is the time of its issue, a random part and a truncated signature over both and its holder, in
/// hexadecimal.
constexpr std::size_t time_digits = 16;
constexpr std::size_t unsigned_digits = 32;
constexpr std::size_t signature_bytes = 16;
constexpr std::uint32_t window_width = 64;
/// From this age on a nonce is replaced before it is stale, which saves its user a round trip.
constexpr Seconds replaced_after = DigestServer::nonce_lifetime / 2;

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
Milliseconds age_of(Now now, std::string_view nonce) {
  const std::uint64_t shifted = parse_hex(nonce.substr(0, time_digits)).value_or(0);
  return now.mono - Instant{Milliseconds{static_cast<std::int64_t>(shifted ^ sign_bit)}};
}

bool is_fresh(Now now, std::string_view nonce) { return age_of(now, nonce) < DigestServer::nonce_lifetime; }

/// nc-value: eight digits (RFC 7616 3.4), the first use is 1.
std::optional<std::uint32_t> parse_nonce_count(std::string_view text) {
  if (text.size() != 8) return std::nullopt;
  const auto count = parse_hex(text);
  if (!count || *count == 0) return std::nullopt;
  return static_cast<std::uint32_t>(*count);
}

}  // namespace

/// The parameters of an answer in the form that RFC 7616 3.4 asks for.
struct DigestServer::Answer {
  DigestAlgorithm algorithm;
  std::string nonce;
  std::string cnonce;
  std::string_view nonce_count;
  std::uint32_t count;
  std::string_view qop;  ///< empty: the response is that of RFC 2069
  std::string_view response;

  DigestInput input(std::string_view ha1, std::string_view uri) const {
    return {.algorithm = algorithm,
            .ha1 = ha1,
            .method = {},
            .uri = uri,
            .nonce = nonce,
            .nonce_count = nonce_count,
            .cnonce = cnonce,
            .qop = qop};
  }
};

StoredDigest StoredDigest::of(std::string_view username, std::string_view realm, std::string_view password) {
  return {.ha1_md5 = digest_ha1(DigestAlgorithm::md5, username, realm, password),
          .ha1_sha256 = digest_ha1(DigestAlgorithm::sha256, username, realm, password),
          .ha1_sha512_256 = digest_ha1(DigestAlgorithm::sha512_256, username, realm, password)};
}

const std::string& StoredDigest::ha1(DigestAlgorithm algorithm) const {
  switch (without_session(algorithm)) {
    case DigestAlgorithm::md5:
    case DigestAlgorithm::md5_sess: return ha1_md5;
    case DigestAlgorithm::sha256:
    case DigestAlgorithm::sha256_sess: return ha1_sha256;
    case DigestAlgorithm::sha512_256:
    case DigestAlgorithm::sha512_256_sess: break;
  }
  return ha1_sha512_256;
}

DigestServer::DigestServer(std::string realm, Random random, std::size_t nonces_watched)
    : realm_(std::move(realm)), random_(random), nonces_watched_(nonces_watched) {
  for (int i = 0; i < 4; ++i) secret_ += hex_of(random_.next());
}

std::vector<std::string> DigestServer::challenges(Now now, bool stale,
                                                  std::span<const DigestAlgorithm> algorithms,
                                                  std::string_view holder) {
  // RFC 8760 2.6: qop is always sent. RFC 7616 3.3: stale and algorithm are never quoted.
  const std::string nonce = make_nonce(now, holder);
  std::vector<std::string> values;
  for (const DigestAlgorithm algorithm : algorithms) {
    std::string value = "Digest realm=" + quoted(realm_) + ", nonce=" + quoted(nonce);
    value.append(", algorithm=").append(to_text(algorithm)).append(", qop=\"auth\"");
    if (stale) value += ", stale=true";
    values.push_back(std::move(value));
  }
  return values;
}

DigestServer::Judgement DigestServer::verify(Now now, const AuthParams& authorization,
                                             const DigestedRequest& request, const StoredDigest& stored,
                                             std::string_view holder) {
  if (!equal_ignoring_case(authorization.scheme, "Digest")) return {Verdict::refused};
  const auto realm = authorization.value("realm");
  if (!realm) return {Verdict::malformed};
  if (unquoted(*realm) != realm_) return {Verdict::refused};
  // RFC 8760 2.7: a client that was not challenged yet may send its name with an empty response.
  if (authorization.value("response") == "") return {Verdict::refused};

  const std::optional<Answer> answer = read(authorization, request.uri);
  if (!answer) return {Verdict::malformed};
  // The password first: only who knows it learns that the nonce is stale, and fills windows.
  const std::optional<std::string> ha1 = proven_ha1(*answer, request, stored);
  if (!ha1) return {Verdict::refused};
  if (!is_own_nonce(answer->nonce, holder) || !is_fresh(now, answer->nonce)) return {Verdict::stale};
  if (!count_is_new(now, answer->nonce, answer->count)) return {Verdict::stale};
  remember_session(*answer);
  return {Verdict::accepted, authentication_info(now, *answer, request.uri, *ha1, holder)};
}

std::optional<DigestServer::Answer> DigestServer::read(const AuthParams& authorization,
                                                       std::string_view request_uri) {
  const auto nonce = authorization.value("nonce");
  const auto uri = authorization.value("uri");
  const auto response = authorization.value("response");
  const auto algorithm = parse_digest_algorithm(authorization.value("algorithm").value_or(""));
  if (!authorization.value("username") || !nonce || !uri || !response || !algorithm) return std::nullopt;
  if (unquoted(*uri) != request_uri) return std::nullopt;  // RFC 7616 3.4.6

  const auto cnonce = authorization.value("cnonce");
  const auto nonce_count = authorization.value("nc");
  const auto qop = authorization.value("qop");
  if (!qop && !cnonce && !nonce_count) {
    // RFC 3261 22.4, RFC 8760 2.6 item 8: qop may be missing, and then so are those that belong to it (RFC
    // 2069). Without a count the nonce serves once; a session has no cnonce to begin with.
    if (is_session(*algorithm)) return std::nullopt;
    return Answer{*algorithm, unquoted(*nonce), {}, {}, 1, {}, *response};
  }
  const auto count = nonce_count ? parse_nonce_count(*nonce_count) : std::nullopt;
  // RFC 8760 2.6 item 8: "auth" is what a missing qop means.
  if (!cnonce || !count || !parse_digest_qop(qop.value_or("auth"))) return std::nullopt;
  return Answer{*algorithm, unquoted(*nonce),     unquoted(*cnonce), *nonce_count,
                *count,     qop.value_or("auth"), *response};
}

/// H(A1) when the response is right.
std::optional<std::string> DigestServer::proven_ha1(const Answer& answer, const DigestedRequest& request,
                                                    const StoredDigest& stored) const {
  // Of the length of a digest even where none is stored: the time taken tells nobody which users exist.
  const bool is_stored = !stored.ha1(answer.algorithm).empty();
  const std::string base =
      is_stored ? stored.ha1(answer.algorithm) : std::string(is_obsolete(answer.algorithm) ? 32 : 64, '0');
  const auto is_right = [&](std::string_view ha1) {
    DigestInput input = answer.input(ha1, request.uri);
    input.method = request.method;
    input.entity_body = request.body;
    const bool equal = equal_in_constant_time(digest_response(input), answer.response);
    return equal && is_stored;
  };
  std::string ha1 = digest_session_ha1(answer.algorithm, base, answer.nonce, answer.cnonce);
  if (is_right(ha1)) return ha1;
  if (!is_session(answer.algorithm)) return std::nullopt;
  // RFC 7616 3.4.2: a client that draws a new cnonce for each request keeps the key of the first.
  const auto window = windows_.find(answer.nonce);
  if (window == windows_.end() || window->second.session_cnonce.empty()) return std::nullopt;
  ha1 = digest_session_ha1(answer.algorithm, base, answer.nonce, window->second.session_cnonce);
  if (is_right(ha1)) return ha1;
  return std::nullopt;
}

std::string DigestServer::authentication_info(Now now, const Answer& answer, std::string_view uri,
                                              std::string_view ha1, std::string_view holder) {
  if (answer.qop.empty()) return {};
  // RFC 7616 3.5: no method, and the body of the response, which is empty. What is quoted stands there too.
  std::string value = "qop=" + lower_case(answer.qop);
  value += ", rspauth=" + quoted(digest_response(answer.input(ha1, uri)));
  value += ", cnonce=" + quoted(answer.cnonce);
  value.append(", nc=").append(answer.nonce_count);
  // The key of a session is made with its first nonce, which no later one leads back to.
  if (age_of(now, answer.nonce) >= replaced_after && !is_session(answer.algorithm))
    value += ", nextnonce=" + quoted(make_nonce(now, holder));
  return value;
}

std::string DigestServer::make_nonce(Now now, std::string_view holder) {
  std::string nonce = time_text(now.mono) + hex_of(random_.next());
  nonce += signature(nonce, holder);
  return nonce;
}

std::string DigestServer::signature(std::string_view unsigned_part, std::string_view holder) const {
  const Sha256Digest digest = hmac_sha256(secret_, std::string(unsigned_part).append(holder));
  return hex(std::span(digest).first<signature_bytes>());
}

bool DigestServer::is_own_nonce(std::string_view nonce, std::string_view holder) const {
  if (nonce.size() != unsigned_digits + 2 * signature_bytes) return false;
  return equal_in_constant_time(signature(nonce.substr(0, unsigned_digits), holder),
                                nonce.substr(unsigned_digits));
}

bool DigestServer::count_is_new(Now now, std::string_view nonce, std::uint32_t count) {
  auto found = windows_.find(nonce);
  if (found == windows_.end()) {
    if (nonce <= newest_forgotten_) return false;
    while (!windows_.empty() && !is_fresh(now, windows_.begin()->first)) forget_oldest();
    windows_.emplace(nonce, Window{.highest = count, .seen = 1});
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

/// Of a nonce that has a window.
void DigestServer::remember_session(const Answer& answer) {
  if (!is_session(answer.algorithm) || answer.cnonce.size() > max_session_cnonce) return;
  const auto window = windows_.find(answer.nonce);
  if (window != windows_.end() && window->second.session_cnonce.empty())
    window->second.session_cnonce = answer.cnonce;
}

void DigestServer::forget_oldest() {
  const auto oldest = windows_.begin();
  // An old nonce that comes late can be forgotten after a newer one.
  if (oldest->first > newest_forgotten_) newest_forgotten_ = oldest->first;
  windows_.erase(oldest);
}

}  // namespace sip
