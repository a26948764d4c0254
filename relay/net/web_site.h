#pragma once

#include <cstdint>

#include "logic/origin_policy.h"
#include "net/static_files.h"

namespace relay {

/// Of WebSockets: none, or permessage-deflate (RFC 7692) where the other end offers it.
enum class Compression : std::uint8_t { none, deflate };

/// What the relay is to browsers.
struct WebSite {
  StaticFiles files;
  OriginPolicy origins;
  Compression compression = Compression::none;  ///< of what is upgraded from now on
};

}  // namespace relay
