#include "logic/authenticator.h"

#include <array>
#include <span>

#include "base/ascii.h"
#include "base/encoding.h"
#include "logic/local_domain.h"
#include "logic/source.h"

namespace relay {

using namespace sip;

namespace {

/// docs/adr/0004: phones give up at a challenge that they don't know, browsers take the strongest.
/// docs/adr/0007: MD5 has to be the last, for those that keep no other.
std::span<const DigestAlgorithm> offered_to(const Peer& peer) {
  static constexpr std::array for_phones{DigestAlgorithm::md5};
  if (is_websocket(peer.endpoint.protocol)) return DigestServer::strongest_first;
  return for_phones;
}

/// Whose nonce it is: over UDP its source's. Who has a connection may go on with it by the next one.
std::string holder_of(const Peer& peer) {
  if (is_reliable(peer.endpoint.protocol)) return {};
  return source_of(peer.endpoint).value_or(std::string());
}

bool is_registration(const Request& request) { return request.message.method() == "REGISTER"; }

}  // namespace

const Uri& speaker(const Request& request) {
  return is_registration(request) ? request.headers.to.uri : request.headers.from.uri;
}

bool Authenticator::is_own_realm(std::string_view value) const {
  const auto params = AuthParams::parse(value);
  return params && equal_ignoring_case(params->scheme, "Digest") &&
         unquoted(params->value("realm").value_or(std::string_view{})) == digest_.realm();
}

void Authenticator::withhold(MessageEdit& edit, const MessageView& message) const {
  for (const HeaderField& field : message.fields())
    for (const HeaderName name : {HeaderName::authorization, HeaderName::proxy_authorization,
                                  HeaderName::www_authenticate, HeaderName::proxy_authenticate})
      if (field.name == name && is_own_realm(field.value)) edit.remove(field);
}

std::optional<AuthParams> Authenticator::credentials(const Request& request) const {
  const HeaderName wanted =
      is_registration(request) ? HeaderName::authorization : HeaderName::proxy_authorization;
  for (const HeaderField& field : request.message.fields())
    if (field.name == wanted && is_own_realm(field.value)) return *AuthParams::parse(field.value);
  return std::nullopt;
}

std::optional<std::string> Authenticator::claimed_user(const Request& request) const {
  const auto params = credentials(request);
  if (!params) return std::nullopt;
  return unquoted(params->value("username").value_or(std::string_view{}));
}

bool Authenticator::is_nonce_made_up(const Request& request) const {
  if (is_reliable(request.from.endpoint.protocol)) return false;
  const auto params = credentials(request);
  const auto nonce = params ? params->value("nonce") : std::nullopt;
  return nonce && !digest_.is_own_nonce(unquoted(*nonce), holder_of(request.from));
}

Answer Authenticator::challenge(Now now, const Request& request, bool is_stale) {
  Answer answer{.status = is_registration(request) ? 401 : 407};
  const HeaderName name =
      is_registration(request) ? HeaderName::www_authenticate : HeaderName::proxy_authenticate;
  for (std::string& challenge :
       digest_.challenges(now, is_stale, offered_to(request.from), holder_of(request.from)))
    answer.headers.emplace_back(name, std::move(challenge));
  return answer;
}

Authenticator::Outcome Authenticator::verify(Now now, const Request& request, const StoredDigest& stored) {
  const auto params = credentials(request);
  if (!params) return {.refusal = challenge(now, request)};
  const MessageView& message = request.message;
  auto [verdict, authentication_info] = digest_.verify(
      now, *params, {.method = message.method(), .uri = message.request_uri(), .body = message.body()},
      stored, holder_of(request.from));
  switch (verdict) {
    case DigestServer::Verdict::accepted: break;
    case DigestServer::Verdict::stale: return {.refusal = challenge(now, request, true)};
    case DigestServer::Verdict::refused:
      return {.refusal = challenge(now, request), .is_wrong_password = true};
    case DigestServer::Verdict::malformed:
      return {.refusal = Answer{.status = 400, .reason = "Bad Credentials"}};
  }
  // 10.3 step 4: nobody registers or writes in another one's name.
  if (claimed_user(request) != user_of(speaker(request))) return {.refusal = Answer{.status = 403}};
  Outcome outcome;
  // SIP has no Proxy-Authentication-Info (RFC 3261 20): what a proxy lets pass, another one answers.
  if (is_registration(request) && !authentication_info.empty())
    outcome.proof.emplace_back(HeaderName::authentication_info, std::move(authentication_info));
  return outcome;
}

}  // namespace relay
