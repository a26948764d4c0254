#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace relay {

/// Whose pages may open WebSockets here (RFC 6455 10.2). Without it any web site could sign its visitors in.
class OriginPolicy {
 public:
  /// Origins as browsers write them ("https://shop.example"), besides the relay's own; "*" is any.
  explicit OriginPolicy(std::vector<std::string> allowed) : allowed_(std::move(allowed)) {}

  /// `origin` and `host` are the header fields of the upgrade. Whatever is no browser sends no Origin, and
  /// could send any: it is let in. The scheme is not compared with our own: TLS may end in front of the
  /// relay.
  bool allows(std::string_view origin, std::string_view host) const;

 private:
  std::vector<std::string> allowed_;
};

}  // namespace relay
