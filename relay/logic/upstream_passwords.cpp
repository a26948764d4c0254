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

std::optional<std::string> UpstreamPasswords::claimed_user(const Request& request) const {
  auto found = claim(request);
  return found ? std::optional<std::string>(std::move(found->user)) : std::nullopt;
}

std::optional<UpstreamPasswords::Claim> UpstreamPasswords::claim(const Request& request) const {
  const bool is_registration = request.message.method() == "REGISTER";
  const auto registrar = Uri::parse(request.message.request_uri());
  if (!registrar) return std::nullopt;
  const Uri& domain = is_registration ? *registrar : request.headers.from.uri;
  if (edge_.upstream_of(domain) == nullptr) return std::nullopt;
  for (const HeaderField& field : request.message.fields()) {
    const bool is_password =
        field.name == HeaderName::authorization || field.name == HeaderName::proxy_authorization;
    if (!is_password || authenticator_.is_own_realm(field.value)) continue;
    const auto params = AuthParams::parse(field.value);
    if (!params) continue;
    const auto value = [&](std::string_view name) {
      return unquoted(params->value(name).value_or(std::string_view{}));
    };
    std::string user = value("username") + "@" + lower_case(without_final_dot(domain.host));
    return Claim{std::move(user), request.from, value("realm"), is_registration};
  }
  return std::nullopt;
}

void UpstreamPasswords::forwarded(TransactionId name, const Request& request) {
  if (auto found = claim(request)) claims_.insert_or_assign(name, *std::move(found));
}

std::optional<UpstreamPasswords::Verdict> UpstreamPasswords::answered(TransactionId name,
                                                                      std::string_view response) {
  const auto node = claims_.extract(name);
  if (node.empty()) return std::nullopt;
  const Claim& claim = node.mapped();
  Verdict verdict{claim.user, claim.from};
  const auto view = MessageView::parse(response);
  if (!view) return verdict;
  const int status = view->status();
  // 10.3 steps 3 and 4; to another request 403 says no more than that it may not be.
  const bool is_forbidden = status == 403 && claim.is_registration;
  const bool is_challenge = status == 401 || status == 407;
  if (is_forbidden || (is_challenge && is_refused_by(*view, claim.realm))) {
    verdict.password = Password::wrong;
  } else if (status < 300 && claim.is_registration) {
    verdict.password = Password::right;
  }
  return verdict;
}

}  // namespace relay
