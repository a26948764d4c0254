#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "logic/authenticator.h"
#include "logic/edge_proxy.h"
#include "logic/request.h"

namespace relay {

/// Which requests under way bring an upstream a password that is judged there, and what it said: guesses come
/// from the relay's address, and no other server can tell whose they are.
class UpstreamPasswords {
 public:
  UpstreamPasswords(const EdgeProxy& edge, const Authenticator& authenticator)
      : edge_(edge), authenticator_(authenticator) {}

  /// The user of the credentials in a request for an upstream, USER@DOMAIN; none where there are none.
  std::optional<std::string> claimed_user(const Request& request) const;

  /// It goes there now, and is known by that name until it is answered.
  void forwarded(sip::TransactionId name, const Request& request);
  struct Verdict {
    std::string user;
    sip::Peer from;
    enum class Password : std::uint8_t { right, wrong, unknown };
    Password password = Password::unknown;
  };
  /// The final response; empty where none came. None for what is no such request.
  std::optional<Verdict> answered(sip::TransactionId name, std::string_view response);

 private:
  struct Claim {
    std::string user;
    sip::Peer from;
    std::string realm;
    bool is_registration;
  };
  std::optional<Claim> claim(const Request& request) const;

  const EdgeProxy& edge_;
  const Authenticator& authenticator_;
  std::unordered_map<sip::TransactionId, Claim> claims_;  ///< each of a request that the proxy has under way
};

}  // namespace relay
