#pragma once

#include <optional>

#include "im/question.h"
#include "record.h"

namespace bridge {

struct GivenAnswer {
  sip::JobId job;
  sip::Answer answer;
};
/// An Answer record of ABI.md; none where it is malformed.
std::optional<GivenAnswer> read_answer(RecordReader& reader);

}  // namespace bridge
