#include "ua/client_authentication.h"

#include <utility>

#include "message/uri.h"

namespace sip {
namespace {

Credentials credentials_of(const Account& account) {
  Credentials credentials = account.credentials;
  const auto uri = Uri::parse(account.address);
  if (credentials.username.empty() && uri) credentials.username = uri->user;
  return credentials;
}

}  // namespace

ClientAuthentication::ClientAuthentication(const Account& account, Random random)
    : for_registrar_(credentials_of(account), random.split()),
      for_others_(credentials_of(account), random.split()),
      bearer_(account.token),
      answers_digest_(account.token.empty() || !account.credentials.password.empty()) {}

ClientAuthentication::Signature ClientAuthentication::sign(Audience audience, const DigestedRequest& request,
                                                           Protocol protocol) {
  auto signature = digest_for(audience).sign(request);
  for (auto& field : bearer_.authorization(audience, protocol)) signature.fields.push_back(std::move(field));
  return signature;
}

ClientAuthentication::Signature ClientAuthentication::sign_on_trial(Audience audience,
                                                                    const DigestedRequest& request,
                                                                    Protocol protocol) const {
  return ClientAuthentication(*this).sign(audience, request, protocol);
}

ClientAuthentication::Verdict ClientAuthentication::challenged(const MessageView& response, Audience audience,
                                                               const Signature& signature,
                                                               Protocol protocol) {
  // A realm that asks one of them for better than MD5 gets MD5 from neither.
  (audience == Audience::to_registrar ? for_others_ : for_registrar_).take_notice(response);
  // RFC 8898 2.1.1: of several schemes the client chooses; a token goes before a password.
  const auto shown = bearer_.challenged(response, audience, protocol);
  if (shown != Verdict::unsupported || !answers_digest_) return shown;
  return digest_for(audience).challenged(response, signature);
}

DigestClient::Authenticity ClientAuthentication::confirmed(const MessageView& response, Audience audience,
                                                           const Signature& signature) {
  return digest_for(audience).confirmed(response, signature);
}

}  // namespace sip
