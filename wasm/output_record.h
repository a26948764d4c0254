#pragma once

#include <string>

#include "ua/user_agent.h"

namespace bridge {

/// An output of the UserAgent as a record of ABI.md.
std::string to_record(const sip::UserAgent::Output& output);

}  // namespace bridge
