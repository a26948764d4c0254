#pragma once

#include "logic/origin_policy.h"
#include "net/static_files.h"

namespace relay {

/// What the relay is to browsers.
struct WebSite {
  StaticFiles files;
  OriginPolicy origins;
};

}  // namespace relay
