#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

/// Whose pages may open WebSockets here (RFC 6455 10.2). Without it any web site could sign its visitors in.
class OriginPolicy {
 public:
  /// Origins as browsers write them ("https://shop.example"), besides the relay's own; "*" is any. The
  /// relay's own hosts are these and the names below them, its addresses, and localhost.
  OriginPolicy(std::vector<std::string> allowed, std::vector<std::string> own_hosts)
      : allowed_(std::move(allowed)), own_hosts_(std::move(own_hosts)) {}

  /// How the browser knows that it is connected with the host that it names.
  enum class Host : std::uint8_t {
    certified,  ///< by a certificate
    resolved    ///< by the DNS, where a web site may let its own name lead here (DNS rebinding)
  };
  /// `origin` and `host` are the header fields of the upgrade. Whatever is no browser sends no Origin, and
  /// could send any: it is let in. The scheme is not compared with our own: TLS may end in front of the
  /// relay.
  bool allows(std::string_view origin, std::string_view host, Host known) const;

 private:
  bool is_own_host(std::string_view authority) const;

  std::vector<std::string> allowed_;
  std::vector<std::string> own_hosts_;
};

}  // namespace relay
