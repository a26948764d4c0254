#include "auth/digest_challenge.h"

#include "base/ascii.h"
#include "base/encoding.h"
#include "message/auth_params.h"

namespace sip {

namespace {

/// Of the qop-values of a challenge the one to answer with. "auth" goes before "auth-int": a body that an
/// application gateway rewrites on its way would turn a right password into a refusal, and against rewriting
/// by others TLS helps better. Options that are not known are ignored (RFC 7616 3.3).
std::optional<DigestQop> chosen_qop(std::string_view list) {
  std::optional<DigestQop> chosen;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const auto offered = parse_digest_qop(trim(list.substr(0, comma)));
    if (offered == DigestQop::auth) return offered;
    if (offered) chosen = offered;
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
  return chosen;
}

}  // namespace

std::string_view to_text(DigestQop qop) {
  switch (qop) {
    case DigestQop::auth: return "auth";
    case DigestQop::auth_int: return "auth-int";
  }
  return {};
}

std::optional<DigestQop> parse_digest_qop(std::string_view text) {
  for (const DigestQop qop : {DigestQop::auth, DigestQop::auth_int})
    if (equal_ignoring_case(text, to_text(qop))) return qop;
  return std::nullopt;
}

std::optional<DigestChallenge> DigestChallenge::parse(std::string_view value) {
  const Result<AuthParams> params = AuthParams::parse(value);
  if (!params || !equal_ignoring_case(params->scheme, "Digest")) return std::nullopt;
  const auto realm = params->value("realm");
  const auto nonce = params->value("nonce");
  const auto algorithm_text = params->value("algorithm");
  const auto algorithm = parse_digest_algorithm(algorithm_text.value_or(""));
  // RFC 8760 2.6 item 8: without the parameter the value is "auth".
  const auto qop = chosen_qop(params->value("qop").value_or("auth"));
  if (!realm || !nonce || !algorithm || !qop) return std::nullopt;

  DigestChallenge challenge;
  challenge.realm = unquoted(*realm);
  challenge.nonce = unquoted(*nonce);
  if (const auto opaque = params->value("opaque")) challenge.opaque = unquoted(*opaque);
  challenge.algorithm = *algorithm;
  challenge.qop = *qop;
  challenge.names_algorithm = algorithm_text.has_value();
  challenge.is_stale = equal_ignoring_case(params->value("stale").value_or(""), "true");
  challenge.wants_userhash = equal_ignoring_case(params->value("userhash").value_or(""), "true");
  return challenge;
}

}  // namespace sip
