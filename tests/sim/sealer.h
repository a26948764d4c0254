#pragma once

#include <optional>
#include <string>

#include "base/random.h"
#include "base/time.h"
#include "im/question.h"

namespace sim {

/// What befalls those who seal and open. Probabilities are per thousand.
struct SealerWeather {
  sip::Milliseconds longest_delay{0};
  unsigned refusals = 0;  ///< answers that something can't be sealed, or opened
  unsigned silences = 0;  ///< questions that get no answer
};

/// What the device of `owner`, an address, answers with the toy cipher; none for silence.
std::optional<sip::Answer> sealer_answer(sip::Random& random, const SealerWeather& weather,
                                         const sip::Question& question, const std::string& owner);

}  // namespace sim
