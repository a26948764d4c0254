#pragma once

#include "base/time.h"

namespace sip {

/// The durations of RFC 3261 table 4.
struct Timers {
  Milliseconds t1{500};   ///< round-trip estimate
  Milliseconds t2{4000};  ///< the longest retransmit interval of a non-INVITE request
  Milliseconds t4{5000};  ///< the longest time a message stays in the network

  Milliseconds timer_f() const { return 64 * t1; }
  Milliseconds timer_j() const { return 64 * t1; }
  /// When a client's Timer E over UDP has grown to T2, counted from the first sending:
  /// the moment at which a server that has not answered sends 100 (RFC 4320 4.1).
  Milliseconds trying_delay() const;
};

}  // namespace sip
