#include "transaction/timers.h"

namespace sip {

Milliseconds Timers::trying_delay() const {
  Milliseconds elapsed{0};
  for (Milliseconds interval = t1; interval < t2; interval *= 2) elapsed += interval;
  return elapsed;
}

}  // namespace sip
