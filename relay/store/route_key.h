#pragma once

#include <string>
#include <variant>

#include "base/random.h"
#include "store/store_error.h"

namespace relay {

/// The key in the directory `data` that the relay's Record-Route and Path are signed with, so that dialogs
/// and registrations outlive it. Where there is none yet, `fresh` is written there, for our eyes alone.
/// ":memory:" keeps nothing: it is `fresh` each time.
std::variant<sip::Seed, StoreError> route_key(const std::string& data, const sip::Seed& fresh);

}  // namespace relay
