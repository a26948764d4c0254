#include "logic/upstream_passwords.h"

#include <set>
#include <utility>

#include "auth/bearer.h"
#include "base/ascii.h"
#include "base/encoding.h"
#include "message/auth_params.h"
#include "message/scanner.h"

namespace relay {

using namespace sip;

namespace {

using Password = UpstreamPasswords::Verdict::Password;

/// RFC 6750 2.1. It tells no user, and nobody guesses one.
bool is_token(std::string_view credentials) {
  Scanner scanner(credentials);
  const bool is_bearer = equal_ignoring_case(scanner.token(), "Bearer");
  scanner.sws();
  return is_bearer && is_bearer_token(credentials.substr(scanner.position()));
}

/// RFC 3261 7.3.1 has each parameter once, RFC 7616 3.4 one of username and username*. Of two we would count
/// the one, and the server judge the other.
bool names_anything_twice(const AuthParams& credentials) {
  std::set<std::string> names;
  AuthParamReader params(credentials);
  while (const auto param = params.next()) {
    std::string name = lower_case(param->name);
    if (name == "username*") name = "username";
    if (!names.insert(std::move(name)).second) return true;
  }
  return false;
}

/// RFC 3261 22.1, RFC 7616 3.3: the same realm asks anew, and not because the nonce was old.
bool is_refused_by(const MessageView& response, std::string_view realm) {
  for (const HeaderField& field : response.fields()) {
    if (field.name != HeaderName::www_authenticate && field.name != HeaderName::proxy_authenticate) continue;
    const auto challenge = AuthParams::parse(field.value);
    if (!challenge || unquoted(challenge->value("realm").value_or("")) != realm) continue;
    if (!equal_ignoring_case(challenge->value("stale").value_or(""), "true")) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<std::string>> UpstreamPasswords::claimed_users(const Request& request) const {
  auto found = claims(request);
  if (!found) return found.error();
  std::vector<std::string> users;
  for (Claim& claim : *found)
    if (claim.user) users.push_back(*std::move(claim.user));
  return users;
}

bool UpstreamPasswords::goes_up(const HeaderField& field) const {
  const bool is_proof =
      field.name == HeaderName::authorization || field.name == HeaderName::proxy_authorization;
  // 22.3.
  return is_proof && !authenticator_.is_own_realm(field.value);
}

/// Of whose users an upstream judges what a request brings it: its client's, or those of the server that the
/// request of anybody else leads to. Empty: of any domain; none: no upstream does.
std::optional<std::string> UpstreamPasswords::domain_judged_in(const Request& request) const {
  const std::string text = RequestForwarding::onward_uri(request);
  const auto uri = Uri::parse(text);
  if (!uri) return std::nullopt;
  const bool is_registration = request.message.method() == "REGISTER";
  const Uri& client = is_registration ? *uri : request.headers.from.uri;
  if (edge_.upstream_of_named(client) != nullptr) return lower_case(without_final_dot(client.host));
  if (edge_.upstream_of(client) != nullptr) return std::string();
  const auto next_hop = is_registration ? std::nullopt : forwarding_.next_hop(request, *uri);
  const std::string* domain = next_hop ? edge_.domain_at(*next_hop) : nullptr;
  if (domain == nullptr) return std::nullopt;
  return *domain == any_domain ? std::string() : *domain;
}

Result<std::vector<UpstreamPasswords::Claim>> UpstreamPasswords::claims(const Request& request) const {
  std::vector<Claim> found;
  std::optional<std::string> domain;
  for (const HeaderField& field : request.message.fields()) {
    if (!goes_up(field)) continue;
    if (found.empty()) domain = domain_judged_in(request);
    if (!domain) return found;
    if (found.size() == max_credentials) return Error{Errc::too_large, 0, "credentials"};
    auto claim = claim_of(field.value, *domain);
    if (!claim) return claim.error();
    found.push_back(*std::move(claim));
  }
  return found;
}

Result<UpstreamPasswords::Claim> UpstreamPasswords::claim_of(std::string_view credentials,
                                                             const std::string& domain) {
  if (is_token(credentials)) return Claim{};
  const auto params = AuthParams::parse(credentials);
  if (!params) return params.error();
  if (names_anything_twice(*params)) return Error{Errc::syntax, 0, "credentials"};
  const auto value = [&](std::string_view name) {
    return unquoted(params->value(name).value_or(std::string_view{}));
  };
  std::string realm = value("realm");
  // Of any domain: whoever guesses would have made up another one for each guess.
  std::string user = value("username") + "@" + (domain.empty() ? realm : domain);
  return Claim{std::move(user), std::move(realm)};
}

void UpstreamPasswords::forwarded(TransactionId name, const Request& request) {
  auto found = claims(request);
  if (!found || found->empty()) return;
  const bool is_registration = request.message.method() == "REGISTER";
  under_way_.insert_or_assign(name, UnderWay{request.from, is_registration, *std::move(found)});
}

std::vector<UpstreamPasswords::Verdict> UpstreamPasswords::answered(TransactionId name,
                                                                    std::string_view response) {
  const auto node = under_way_.extract(name);
  const auto view = MessageView::parse(response);
  if (node.empty() || !view) return {};
  const auto& [from, is_registration, claims] = node.mapped();
  const int status = view->status();
  // 10.3 steps 3 and 4; to another request 403 says no more than that it may not be.
  const bool is_forbidden = status == 403 && is_registration;
  const bool is_challenge = status == 401 || status == 407;
  std::vector<Verdict> verdicts;
  for (const Claim& claim : claims)
    if (claim.user && (is_forbidden || (is_challenge && is_refused_by(*view, claim.realm))))
      verdicts.push_back({*claim.user, from, Password::wrong});
  // Of several nothing tells which was right.
  if (status < 300 && is_registration && claims.size() == 1 && claims.front().user)
    verdicts.push_back({*claims.front().user, from, Password::right});
  return verdicts;
}

}  // namespace relay
