#include "auth/digest_client.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/constant_time.h"
#include "base/encoding.h"
#include "message/auth_params.h"

namespace sip {

namespace {

/// Sixteen characters at five bits of chance.
constexpr std::size_t cnonce_length = 16;

std::string nonce_count_text(std::uint32_t count) {
  std::array<std::uint8_t, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(count >> (24 - 8 * i));
  return hex(bytes);
}

DigestInput input_of(const DigestClient::Proof& proof) {
  DigestInput input;
  input.algorithm = proof.algorithm;
  input.ha1 = proof.ha1;
  input.uri = proof.uri;
  input.nonce = proof.nonce;
  input.nonce_count = proof.nonce_count;
  input.cnonce = proof.cnonce;
  input.qop = to_text(proof.qop);
  return input;
}

const DigestClient::Proof* proof_for(const DigestClient::Signature& sent, HeaderName name,
                                     std::string_view realm) {
  for (const DigestClient::Proof& proof : sent.proofs)
    if (proof.name == name && proof.realm == realm) return &proof;
  return nullptr;
}

/// Which answer an Authentication-Info is about: it names the cnonce, and a realm never.
const DigestClient::Proof* proof_with(const DigestClient::Signature& sent, HeaderName name,
                                      std::optional<std::string_view> cnonce) {
  for (const DigestClient::Proof& proof : sent.proofs)
    if (proof.name == name && (!cnonce || unquoted(*cnonce) == proof.cnonce)) return &proof;
  return nullptr;
}

}  // namespace

DigestClient::Signature DigestClient::sign(const DigestedRequest& request) {
  Signature signature;
  for (Session& session : sessions_) {
    const Proof proof = prove(session, request);
    const DigestChallenge& challenge = session.challenge;
    DigestInput input = input_of(proof);
    input.method = request.method;
    input.entity_body = request.body;
    const std::string username =
        challenge.wants_userhash
            ? digest_userhash(challenge.algorithm, credentials_.username, challenge.realm)
            : credentials_.username;

    // RFC 7616 3.4 says which values are quoted and which must not be.
    std::string value = "Digest username=" + quoted(username);
    value += ", realm=" + quoted(challenge.realm);
    value += ", nonce=" + quoted(proof.nonce);
    value += ", uri=" + quoted(proof.uri);
    value += ", response=" + quoted(digest_response(input));
    if (challenge.names_algorithm) value.append(", algorithm=").append(to_text(challenge.algorithm));
    // RFC 8760 2.6 item 8: qop is sent even where the challenge has none.
    value.append(", qop=").append(to_text(proof.qop));
    value += ", nc=" + proof.nonce_count + ", cnonce=" + quoted(proof.cnonce);
    if (challenge.opaque) value += ", opaque=" + quoted(*challenge.opaque);
    if (challenge.wants_userhash) value += ", userhash=true";
    signature.fields.push_back({session.name, std::move(value)});
    signature.proofs.push_back(proof);
  }
  return signature;
}

DigestClient::Proof DigestClient::prove(Session& session, const DigestedRequest& request) {
  const DigestChallenge& challenge = session.challenge;
  // A session variant keeps the cnonce that is in its key: servers that take each request's own for it agree
  // with those that remember the first (RFC 7616 3.4.2).
  const bool is_keyed = is_session(challenge.algorithm) && !session.cnonce.empty();
  if (!is_keyed) session.cnonce = random_.token(cnonce_length);
  if (session.ha1.empty()) {
    session.ha1 = digest_session_ha1(
        challenge.algorithm,
        digest_ha1(challenge.algorithm, credentials_.username, challenge.realm, credentials_.password),
        challenge.nonce, session.cnonce);
  }
  return {.name = session.name,
          .realm = challenge.realm,
          .algorithm = challenge.algorithm,
          .qop = challenge.qop,
          .ha1 = session.ha1,
          .uri = std::string(request.uri),
          .nonce = challenge.nonce,
          .nonce_count = nonce_count_text(++session.nonce_count),
          .cnonce = session.cnonce};
}

DigestClient::Verdict DigestClient::challenged(const MessageView& response, const Signature& sent) {
  take_notice(response);
  // RFC 3261 22.3: a forking proxy gathers the challenges of servers and proxies in one response.
  std::vector<Verdict> verdicts;
  const auto servers = strongest(response, HeaderName::www_authenticate);
  if (!servers.empty()) verdicts.push_back(take(HeaderName::authorization, servers.front(), sent));
  for (DigestChallenge& challenge : strongest(response, HeaderName::proxy_authenticate))
    verdicts.push_back(take(HeaderName::proxy_authorization, std::move(challenge), sent));
  for (const Verdict verdict : {Verdict::refused, Verdict::retry})
    if (std::find(verdicts.begin(), verdicts.end(), verdict) != verdicts.end()) return verdict;
  return Verdict::unsupported;
}

void DigestClient::take_notice(const MessageView& response) {
  for (const HeaderField& field : response.fields()) {
    if (field.name != HeaderName::www_authenticate && field.name != HeaderName::proxy_authenticate) continue;
    std::optional<DigestChallenge> challenge = DigestChallenge::parse(field.value);
    if (!challenge || is_obsolete(challenge->algorithm)) continue;
    const bool is_known =
        std::find(strict_realms_.begin(), strict_realms_.end(), challenge->realm) != strict_realms_.end();
    if (!is_known && strict_realms_.size() < max_strict_realms)
      strict_realms_.push_back(std::move(challenge->realm));
  }
  const auto is_too_weak = [this](const Session& session) { return is_downgrade(session.challenge); };
  sessions_.erase(std::remove_if(sessions_.begin(), sessions_.end(), is_too_weak), sessions_.end());
}

/// RFC 8760 3: a realm that knew better, and in whose name MD5 is asked for now.
bool DigestClient::is_downgrade(const DigestChallenge& challenge) const {
  return is_obsolete(challenge.algorithm) &&
         std::find(strict_realms_.begin(), strict_realms_.end(), challenge.realm) != strict_realms_.end();
}

/// One challenge for each realm, in the order in which the realms come.
std::vector<DigestChallenge> DigestClient::strongest(const MessageView& response, HeaderName name) const {
  std::vector<DigestChallenge> best;
  // RFC 3261 7.3.1: these fields are never combined into one by commas.
  for (const HeaderField& field : response.fields()) {
    if (field.name != name) continue;
    std::optional<DigestChallenge> challenge = DigestChallenge::parse(field.value);
    if (!challenge) continue;
    const auto same_realm = std::find_if(best.begin(), best.end(), [&](const DigestChallenge& other) {
      return other.realm == challenge->realm;
    });
    if (same_realm == best.end()) {
      if (best.size() < max_proxy_realms) best.push_back(std::move(*challenge));
    } else if (strength(challenge->algorithm) > strength(same_realm->algorithm)) {
      *same_realm = std::move(*challenge);
    }
  }
  const auto is_too_weak = [this](const DigestChallenge& challenge) { return is_downgrade(challenge); };
  best.erase(std::remove_if(best.begin(), best.end(), is_too_weak), best.end());
  return best;
}

DigestClient::Verdict DigestClient::take(HeaderName name, DigestChallenge challenge, const Signature& sent) {
  const Session* current = find(name, challenge.realm);
  if (const Proof* proof = proof_for(sent, name, challenge.realm)) {
    // RFC 7616 3.3: only a stale nonce speaks for the password, and staleness without a new nonce leads
    // nowhere.
    if (!challenge.is_stale || proof->nonce == challenge.nonce) return Verdict::refused;
  }
  Session session{.name = name, .challenge = std::move(challenge), .nonce_count = 0, .ha1 = {}, .cnonce = {}};
  if (current && current->challenge.nonce == session.challenge.nonce) {
    // A nonce that is offered again goes on counting (RFC 7616 3.4).
    session.nonce_count = current->nonce_count;
  }
  keep(std::move(session));
  return Verdict::retry;
}

/// In the place of what it supersedes: the session of its realm, and with servers that of any realm.
void DigestClient::keep(Session session) {
  const bool is_proxy = session.name == HeaderName::proxy_authorization;
  const auto superseded = [&](const Session& other) {
    return other.name == session.name && (!is_proxy || other.challenge.realm == session.challenge.realm);
  };
  sessions_.erase(std::remove_if(sessions_.begin(), sessions_.end(), superseded), sessions_.end());
  const auto of_proxy = [](const Session& other) { return other.name == HeaderName::proxy_authorization; };
  const auto proxies = std::count_if(sessions_.begin(), sessions_.end(), of_proxy);
  if (is_proxy && static_cast<std::size_t>(proxies) >= max_proxy_realms)
    sessions_.erase(std::find_if(sessions_.begin(), sessions_.end(), of_proxy));
  sessions_.push_back(std::move(session));
}

DigestClient::Session* DigestClient::find(HeaderName name, std::string_view realm) {
  for (Session& session : sessions_)
    if (session.name == name && session.challenge.realm == realm) return &session;
  return nullptr;
}

DigestClient::Authenticity DigestClient::confirmed(const MessageView& response, const Signature& sent) {
  // RFC 3261 20.6: it belongs into a 2xx.
  if (response.status() < 200 || response.status() >= 300) return Authenticity::unproven;
  Authenticity overall = Authenticity::unproven;
  for (const HeaderField& field : response.fields()) {
    Authenticity one = Authenticity::unproven;
    if (field.name == HeaderName::authentication_info)
      one = check(HeaderName::authorization, field.value, response, sent);
    else if (field.name == HeaderName::proxy_authentication_info)
      one = check(HeaderName::proxy_authorization, field.value, response, sent);
    overall = std::max(overall, one);
  }
  return overall;
}

DigestClient::Authenticity DigestClient::check(HeaderName name, std::string_view info,
                                               const MessageView& response, const Signature& sent) {
  const auto params = AuthParams::parse_info(info);
  // Without credentials of ours there is nothing that it could prove.
  if (!params || !proof_with(sent, name, std::nullopt)) return Authenticity::unproven;
  const Proof* proof = proof_with(sent, name, params->value("cnonce"));
  const auto rspauth = params->value("rspauth");
  if (rspauth) {
    if (!proof) return Authenticity::forged;
    DigestInput input = input_of(*proof);
    input.entity_body = response.body();
    if (!equal_in_constant_time(digest_response(input), lower_case(*rspauth))) return Authenticity::forged;
  }
  const auto next_nonce = params->value("nextnonce");
  Session* session = proof && next_nonce ? find(name, proof->realm) : nullptr;
  // Whoever was challenged in the meantime has a newer one already.
  if (session && session->challenge.nonce == proof->nonce && !next_nonce->empty()) {
    session->challenge.nonce = unquoted(*next_nonce);
    session->nonce_count = 0;
  }
  return rspauth ? Authenticity::proven : Authenticity::unproven;
}

}  // namespace sip
