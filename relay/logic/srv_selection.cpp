#include "logic/srv_selection.h"

#include <algorithm>
#include <tuple>

namespace relay {

std::vector<SrvRecord> in_order(std::vector<SrvRecord> records, sip::Random& random) {
  // Those of weight 0 first within their priority, which leaves them a small chance.
  std::stable_sort(records.begin(), records.end(), [](const SrvRecord& a, const SrvRecord& b) {
    return std::tuple(a.priority, a.weight != 0) < std::tuple(b.priority, b.weight != 0);
  });
  for (auto next = records.begin(); next != records.end(); ++next) {
    const auto end = std::find_if(next, records.end(),
                                  [&](const SrvRecord& each) { return each.priority != next->priority; });
    std::uint64_t sum = 0;
    for (auto each = next; each != end; ++each) sum += each->weight;
    const std::uint64_t drawn = random.below(sum + 1);
    auto chosen = next;
    for (std::uint64_t running = chosen->weight; running < drawn; running += chosen->weight) ++chosen;
    std::rotate(next, chosen, chosen + 1);
  }
  return records;
}

}  // namespace relay
