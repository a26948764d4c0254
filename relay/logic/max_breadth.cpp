#include "logic/max_breadth.h"

#include <algorithm>

#include "base/ascii.h"

namespace relay {

using namespace sip;

std::optional<MaxBreadth> MaxBreadth::incoming(const MessageView& request) {
  const auto value = request.value(HeaderName::max_breadth);
  if (!value) return MaxBreadth(largest);
  if (request.count(HeaderName::max_breadth) > 1) return std::nullopt;
  // 5.8: 1*DIGIT, without an upper limit.
  const bool is_number =
      !value->empty() && std::all_of(value->begin(), value->end(), [](char c) { return is_digit(c); });
  if (!is_number) return std::nullopt;
  const auto number = parse_decimal(*value, largest);
  return MaxBreadth(static_cast<unsigned>(number.value_or(largest)));
}

std::vector<unsigned> MaxBreadth::divided(std::size_t branches) const {
  if (branches > value_) return {};
  const auto count = static_cast<unsigned>(branches);
  std::vector<unsigned> shares(branches, count == 0 ? 0 : value_ / count);
  for (unsigned i = 0; i < (count == 0 ? 0 : value_ % count); ++i) ++shares[i];
  return shares;
}

}  // namespace relay
