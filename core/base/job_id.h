#pragma once

#include <cstdint>

namespace sip {

/// Names a question to the driver until it is answered; never reused. Whoever asks counts from 1.
enum class JobId : std::uint64_t { none = 0 };

/// Draws the ids for the questions of one asker.
class JobIds {
 public:
  JobId draw() { return JobId{++last_}; }

 private:
  std::uint64_t last_ = 0;
};

}  // namespace sip
