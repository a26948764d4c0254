#include "logic/upstream_passwords.h"

#include <utility>

#include "base/ascii.h"
#include "base/encoding.h"
#include "message/auth_params.h"

namespace relay {

using namespace sip;

namespace {

using Password = UpstreamPasswords::Verdict::Password;

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

std::vector<std::string> UpstreamPasswords::claimed_users(const Request& request) const {
  std::vector<std::string> users;
  for (Claim& claim : claims(request)) users.push_back(std::move(claim.user));
  return users;
}

std::vector<UpstreamPasswords::Claim> UpstreamPasswords::claims(const Request& request) const {
  const auto registrar = Uri::parse(request.message.request_uri());
  if (!registrar) return {};
  const Uri& domain = request.message.method() == "REGISTER" ? *registrar : request.headers.from.uri;
  if (edge_.upstream_of(domain) == nullptr) return {};
  std::vector<Claim> found;
  for (const HeaderField& field : request.message.fields()) {
    const bool is_password =
        field.name == HeaderName::authorization || field.name == HeaderName::proxy_authorization;
    if (!is_password || authenticator_.is_own_realm(field.value)) continue;
    const auto params = AuthParams::parse(field.value);
    if (!params) continue;
    const auto value = [&](std::string_view name) {
      return unquoted(params->value(name).value_or(std::string_view{}));
    };
    found.push_back({value("username") + "@" + lower_case(without_final_dot(domain.host)), value("realm")});
  }
  return found;
}

void UpstreamPasswords::forwarded(TransactionId name, const Request& request) {
  auto found = claims(request);
  if (found.empty()) return;
  const bool is_registration = request.message.method() == "REGISTER";
  under_way_.insert_or_assign(name, UnderWay{request.from, is_registration, std::move(found)});
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
    if (is_forbidden || (is_challenge && is_refused_by(*view, claim.realm)))
      verdicts.push_back({claim.user, from, Password::wrong});
  // Of several nothing tells which was right.
  if (status < 300 && is_registration && claims.size() == 1)
    verdicts.push_back({claims.front().user, from, Password::right});
  return verdicts;
}

}  // namespace relay
