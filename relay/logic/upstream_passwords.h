#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "logic/authenticator.h"
#include "logic/edge_proxy.h"
#include "logic/request.h"
#include "logic/request_forwarding.h"

namespace relay {

/// Which requests under way bring an upstream a password that is judged there, and what it said: guesses come
/// from the relay's address, and no other server can tell whose they are.
class UpstreamPasswords {
 public:
  /// Of one request. A client has some for each realm that has asked it.
  static constexpr std::size_t max_credentials = 8;

  UpstreamPasswords(const EdgeProxy& edge, const Authenticator& authenticator,
                    const RequestForwarding& forwarding)
      : edge_(edge), authenticator_(authenticator), forwarding_(forwarding) {}

  /// The users of the credentials in a request for an upstream, USER@DOMAIN each, or USER@REALM of that of
  /// any domain; any of them may be the one that it judges. An error where there are too many, or the
  /// upstream may read them otherwise than we.
  sip::Result<std::vector<std::string>> claimed_users(const Request& request) const;

  /// It goes there now, and is known by that name until it is answered.
  void forwarded(sip::TransactionId name, const Request& request);
  struct Verdict {
    std::string user;
    sip::Peer from;
    enum class Password : std::uint8_t { right, wrong };
    Password password;
  };
  /// The final response; empty where none came. One for each of the credentials of which it says anything.
  std::vector<Verdict> answered(sip::TransactionId name, std::string_view response);

 private:
  struct Claim {
    std::optional<std::string> user;  ///< none of a token
    std::string realm;
  };
  struct UnderWay {
    sip::Peer from;
    bool is_registration;
    std::vector<Claim> claims;
  };
  bool goes_up(const sip::HeaderField& field) const;
  std::optional<std::string> domain_judged_in(const Request& request) const;
  sip::Result<std::vector<Claim>> claims(const Request& request) const;
  static sip::Result<Claim> claim_of(std::string_view credentials, const std::string& domain);

  const EdgeProxy& edge_;
  const Authenticator& authenticator_;
  const RequestForwarding& forwarding_;
  std::unordered_map<sip::TransactionId, UnderWay> under_way_;  ///< those of the proxy that bring any
};

}  // namespace relay
