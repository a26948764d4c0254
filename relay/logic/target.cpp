#include "logic/target.h"

#include <utility>

namespace relay {

bool Target::turn_to_next() {
  if (others.empty()) return false;
  peer = std::move(others.front());
  others.erase(others.begin());
  return true;
}

}  // namespace relay
