#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "transport/endpoint.h"

namespace relay {

/// Names a flow in the user part of a URI of ours, so that whoever holds the URI can send down the flow, and
/// nobody can make one up (RFC 5626 5.2). Nothing has to be remembered: the token says what it means, and is
/// signed with a key that may outlive the relay. Flows do not: of one that was sealed in another run only the
/// address is left.
class FlowToken {
 public:
  /// What every token begins with.
  static constexpr std::string_view prefix = "flow-";

  /// `run` tells this life of the relay from others with the same key.
  FlowToken(sip::Random key, std::uint32_t run);

  /// `scope` is what the token is good for, such as one dialog: it is signed and not contained. A peer over a
  /// stream without a port is reached by its flow alone. None: the token names no flow and is only a mark
  /// that we have been here.
  std::string seal(const std::optional<sip::Peer>& peer, std::string_view scope) const;

  /// What was sealed.
  struct Opened {
    std::optional<sip::Peer> peer;
  };
  /// None for what was not sealed here for that scope.
  std::optional<Opened> open(std::string_view token, std::string_view scope) const;
  /// What nobody else can tell of a text: 16 hexadecimal digits.
  std::string mark(std::string_view text) const;
  /// Whether it looks like one, tampered with or not.
  static bool is_token(std::string_view user);

 private:
  std::string signature(std::string_view body, std::string_view scope) const;

  std::string key_;
  std::string run_;  ///< as in a body
};

}  // namespace relay
