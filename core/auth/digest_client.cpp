#include "auth/digest_client.h"

#include <array>

#include "base/ascii.h"
#include "base/encoding.h"
#include "message/auth_params.h"

namespace sip {

namespace {

/// Ten bytes of chance at five bits a character.
constexpr std::size_t cnonce_length = 16;

/// Whether a list of qop-values holds "auth" (RFC 7616 3.3).
bool offers_auth(std::string_view list) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (equal_ignoring_case(trim(list.substr(0, comma)), "auth")) return true;
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  return false;
}

std::string nonce_count_text(std::uint32_t count) {
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(count >> (24 - 8 * i));
  return hex(bytes);
}

}  // namespace

DigestClient::Verdict DigestClient::challenged(const MessageView& response, bool signed_before) {
  // RFC 3261 22.3: a forking proxy gathers the challenges of servers and proxies in one response.
  const Verdict server = take(response, HeaderName::www_authenticate, signed_before, server_);
  const Verdict proxy = take(response, HeaderName::proxy_authenticate, signed_before, proxy_);
  if (server == Verdict::refused || proxy == Verdict::refused) return Verdict::refused;
  if (server == Verdict::retry || proxy == Verdict::retry) return Verdict::retry;
  return Verdict::unsupported;
}

DigestClient::Verdict DigestClient::take(const MessageView& response, HeaderName name, bool signed_before,
                                         std::optional<Challenge>& current) {
  std::optional<Challenge> challenge = strongest(response, name);
  if (!challenge) return Verdict::unsupported;
  const bool same_realm = current && current->realm == challenge->realm;
  // RFC 8760 3: a realm that knew SHA-256 and now asks for MD5 alone looks like a downgrade on the path.
  if (same_realm && challenge->algorithm < current->algorithm) return Verdict::unsupported;
  if (signed_before && same_realm && current->nonce_count > 0) {
    // RFC 7616 3.3: only a stale nonce speaks for the password, and staleness without a new nonce leads
    // nowhere.
    if (!challenge->stale || current->nonce == challenge->nonce) return Verdict::refused;
  }
  // A nonce that is offered again goes on counting (RFC 7616 3.4).
  if (same_realm && current->nonce == challenge->nonce) challenge->nonce_count = current->nonce_count;
  current = std::move(challenge);
  return Verdict::retry;
}

std::optional<DigestClient::Challenge> DigestClient::strongest(const MessageView& response, HeaderName name) {
  std::optional<Challenge> best;
  // RFC 3261 7.3.1: these fields are never combined into one by commas.
  for (const HeaderField& field : response.fields()) {
    if (field.name != name) continue;
    std::optional<Challenge> challenge = read_challenge(field.value);
    if (!challenge) continue;
    if (!best || (challenge->realm == best->realm && challenge->algorithm > best->algorithm)) {
      best = std::move(challenge);
    }
  }
  return best;
}

std::optional<DigestClient::Challenge> DigestClient::read_challenge(std::string_view value) {
  const Result<AuthParams> params = AuthParams::parse(value);
  if (!params || !equal_ignoring_case(params->scheme, "Digest")) return std::nullopt;

  const auto realm = params->value("realm");
  const auto nonce = params->value("nonce");
  if (!realm || !nonce) return std::nullopt;

  const auto algorithm_text = params->value("algorithm");
  const auto algorithm = parse_digest_algorithm(algorithm_text.value_or(""));
  if (!algorithm) return std::nullopt;  // RFC 7616 3.3, RFC 8760 2.4: ignored, another may follow.

  const auto qop = params->value("qop");
  if (qop && !offers_auth(*qop)) return std::nullopt;

  Challenge challenge;
  challenge.realm = unquoted(*realm);
  challenge.nonce = unquoted(*nonce);
  if (const auto opaque = params->value("opaque")) challenge.opaque = unquoted(*opaque);
  challenge.algorithm = *algorithm;
  challenge.with_qop = qop.has_value();
  challenge.explicit_algorithm = algorithm_text.has_value();
  challenge.stale = equal_ignoring_case(params->value("stale").value_or(""), "true");
  return challenge;
}

std::vector<DigestClient::Field> DigestClient::authorization(std::string_view method,
                                                             std::string_view request_uri) {
  std::vector<Field> fields;
  if (server_) fields.push_back({HeaderName::authorization, sign(*server_, method, request_uri)});
  if (proxy_) fields.push_back({HeaderName::proxy_authorization, sign(*proxy_, method, request_uri)});
  return fields;
}

std::string DigestClient::sign(Challenge& challenge, std::string_view method, std::string_view request_uri) {
  ++challenge.nonce_count;
  const std::string ha1 =
      digest_ha1(challenge.algorithm, credentials_.username, challenge.realm, credentials_.password);
  DigestInput input;
  input.algorithm = challenge.algorithm;
  input.ha1 = ha1;
  input.method = method;
  input.uri = request_uri;
  input.nonce = challenge.nonce;
  std::string nonce_count;
  std::string cnonce;
  if (challenge.with_qop) {
    nonce_count = nonce_count_text(challenge.nonce_count);
    cnonce = random_.token(cnonce_length);
    input.nonce_count = nonce_count;
    input.cnonce = cnonce;
    input.qop = "auth";
  }

  // RFC 7616 3.4 says which values are quoted and which must not be.
  std::string value = "Digest username=" + quoted(credentials_.username);
  value += ", realm=" + quoted(challenge.realm);
  value += ", nonce=" + quoted(challenge.nonce);
  value += ", uri=" + quoted(request_uri);
  value += ", response=" + quoted(digest_response(input));
  if (challenge.explicit_algorithm) value.append(", algorithm=").append(to_text(challenge.algorithm));
  if (challenge.with_qop) value += ", qop=auth, nc=" + nonce_count + ", cnonce=" + quoted(cnonce);
  if (challenge.opaque) value += ", opaque=" + quoted(*challenge.opaque);
  return value;
}

void DigestClient::reset() {
  server_.reset();
  proxy_.reset();
}

}  // namespace sip
