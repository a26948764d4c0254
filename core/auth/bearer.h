#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/digest_client.h"
#include "message/message_view.h"
#include "transport/endpoint.h"

namespace sip {

/// b64token of RFC 6750 2.1, of a size that fits into a message.
bool is_bearer_token(std::string_view text);

/// A challenge of the scheme "Bearer" (RFC 8898 4, RFC 6750 3).
struct BearerChallenge {
  std::string realm;
  std::string authz_server;  ///< where to get a token: an https URI; empty where none such was given
  std::string scope;         ///< what the token must be good for, space-separated; may be empty
  std::string error;         ///< "invalid_token", "invalid_scope"; may be empty

  /// The value of one WWW-Authenticate or Proxy-Authenticate; none for another scheme and for what is
  /// malformed.
  static std::optional<BearerChallenge> parse(std::string_view value);
  /// The first of a 401 or 407, in either header field.
  static std::optional<BearerChallenge> first(const MessageView& response);
};

/// Shows an access token to the servers that ask for one (RFC 8898 2.1). Whoever has a bearer token is its
/// owner for the rest of the world, so it is not shown to everyone who asks:
/// - only over a flow that nobody can listen on (RFC 6750 5.3);
/// - to the registrar, which the account has chosen;
/// - in other requests to a proxy that names the authorization server that the registrar named, and never by
/// 401:
///   that comes from the recipient, who would get a token to act as the sender. One who knows the name can
///   still ask by 407: against that the RFC has tokens that are of no use but to the servers (2.1.2).
class BearerClient {
 public:
  explicit BearerClient(std::string token) : token_(std::move(token)) {}

  enum class Request : std::uint8_t { to_registrar, to_others };
  using Verdict = DigestClient::Verdict;
  /// Takes the challenges of a 401 or 407. `refused`: the token was shown and did not do.
  Verdict challenged(const MessageView& response, Request request, Protocol protocol);
  /// The header fields to add: none before a challenge that may be answered, and none in clear.
  std::vector<DigestClient::Field> authorization(Request request, Protocol protocol) const;
  bool was_shown_to_registrar() const {
    return register_.by_authorization || register_.by_proxy_authorization;
  }

 private:
  struct Shown {
    bool by_authorization = false;
    bool by_proxy_authorization = false;
  };
  bool may_show(const BearerChallenge& challenge, HeaderName name, Request request) const;
  const Shown& shown(Request request) const { return request == Request::to_registrar ? register_ : others_; }

  std::string token_;
  std::string authz_server_;  ///< that the registrar named last
  Shown register_;
  Shown others_;
};

}  // namespace sip
