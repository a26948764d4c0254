#include "auth/bearer.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/encoding.h"
#include "message/auth_params.h"

namespace sip {
namespace {

/// Encrypted JWTs measure about a kilobyte; eight leave room in a message of max_message_size.
constexpr std::size_t max_token_size = 8192;

/// RFC 6750 3: what scope, error and a URI may hold; quotes and backslashes are not among it.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

std::string plain_value(const AuthParams& params, std::string_view name) {
  const auto value = params.value(name);
  return value && is_plain(*value) ? std::string(*value) : std::string();
}

std::optional<BearerChallenge> first_in(const MessageView& response, HeaderName name) {
  for (const HeaderField& field : response.fields()) {
    if (field.name != name) continue;
    if (auto challenge = BearerChallenge::parse(field.value)) return challenge;
  }
  return std::nullopt;
}

}  // namespace

bool is_bearer_token(std::string_view text) {
  const std::size_t end = text.find_last_not_of('=');
  if (end == std::string_view::npos || text.size() > max_token_size) return false;
  const std::string_view body = text.substr(0, end + 1);
  return std::all_of(body.begin(), body.end(), [](char c) {
    return is_alphanum(c) || std::string_view("-._~+/").find(c) != std::string_view::npos;
  });
}

std::optional<BearerChallenge> BearerChallenge::parse(std::string_view value) {
  const auto params = AuthParams::parse(value);
  if (!params || !equal_ignoring_case(params->scheme, "Bearer")) return std::nullopt;
  BearerChallenge challenge;
  challenge.realm = unquoted(params->value("realm").value_or(std::string_view{}));
  challenge.scope = plain_value(*params, "scope");
  challenge.error = plain_value(*params, "error");
  std::string server = plain_value(*params, "authz_server");
  const bool is_https = equal_ignoring_case(std::string_view(server).substr(0, 8), "https://");
  if (is_https && server.find(' ') == std::string::npos) challenge.authz_server = std::move(server);
  return challenge;
}

std::optional<BearerChallenge> BearerChallenge::first(const MessageView& response) {
  auto challenge = first_in(response, HeaderName::www_authenticate);
  return challenge ? challenge : first_in(response, HeaderName::proxy_authenticate);
}

BearerClient::Verdict BearerClient::challenged(const MessageView& response, Request request,
                                               Protocol protocol) {
  Verdict verdict = Verdict::unsupported;
  Shown& shown = request == Request::to_registrar ? register_ : others_;
  for (const HeaderName name : {HeaderName::www_authenticate, HeaderName::proxy_authenticate}) {
    const auto challenge = first_in(response, name);
    if (!challenge) continue;
    if (request == Request::to_registrar) authz_server_ = challenge->authz_server;
    if (token_.empty() || !is_secure(protocol) || !may_show(*challenge, name, request)) continue;
    bool& was_shown =
        name == HeaderName::www_authenticate ? shown.by_authorization : shown.by_proxy_authorization;
    if (was_shown) return Verdict::refused;
    was_shown = true;
    verdict = Verdict::retry;
  }
  return verdict;
}

bool BearerClient::may_show(const BearerChallenge& challenge, HeaderName name, Request request) const {
  if (request == Request::to_registrar) return true;
  return name == HeaderName::proxy_authenticate && !authz_server_.empty() &&
         challenge.authz_server == authz_server_;
}

std::vector<DigestClient::Field> BearerClient::authorization(Request request, Protocol protocol) const {
  std::vector<DigestClient::Field> fields;
  if (!is_secure(protocol)) return fields;
  if (shown(request).by_authorization) fields.push_back({HeaderName::authorization, "Bearer " + token_});
  if (shown(request).by_proxy_authorization)
    fields.push_back({HeaderName::proxy_authorization, "Bearer " + token_});
  return fields;
}

}  // namespace sip
