#pragma once

#include <cstdint>
#include <optional>

#include "logic/intake.h"
#include "logic/origin_policy.h"
#include "net/tls_identity.h"
#include "net/tls_trust.h"

namespace relay {

/// Of WebSockets: none, or permessage-deflate (RFC 7692) where the other end offers it.
enum class Compression : std::uint8_t { none, deflate };

/// What holds for a connection from when it is opened or accepted. Never changed: others take its place, and
/// connections that there are keep theirs.
struct FlowSettings {
  OriginPolicy origins;
  Compression compression = Compression::none;
  std::optional<TlsIdentity> identity;  ///< loaded, for the listeners of wss and tls; none without them
  TlsTrust trust;                       ///< loaded
  IntakeLimits intake = {};
};

}  // namespace relay
