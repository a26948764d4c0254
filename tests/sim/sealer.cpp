#include "sealer.h"

#include "toy_cipher.h"

namespace sim {

using namespace sip;

std::optional<Answer> sealer_answer(Random& random, const SealerWeather& weather, const Question& question,
                                    const std::string& owner) {
  if (random.below(1000) < weather.silences) return std::nullopt;
  const bool is_refused = random.below(1000) < weather.refusals;
  if (const auto* seal = std::get_if<Seal>(&question)) {
    if (is_refused) return NotSealed{};
    return toy::seal(seal->recipient, owner, seal->content_type, seal->body);
  }
  if (const auto* open = std::get_if<Open>(&question))
    return is_refused ? Answer(NotOpened{}) : toy::open(owner, open->body);
  return NotDecoded{};
}

}  // namespace sim
