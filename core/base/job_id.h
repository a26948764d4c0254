#pragma once

#include <cstdint>

namespace sip {

/// Names a question to the driver until it is answered; never reused. Whoever asks counts from 1.
enum class JobId : std::uint64_t { none = 0 };

}  // namespace sip
