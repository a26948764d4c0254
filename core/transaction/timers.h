#pragma once

#include <algorithm>

#include "base/time.h"

namespace sip {

/// The durations of RFC 3261 table 4, and of RFC 6026 7.
struct Timers {
  Milliseconds t1{500};  ///< round-trip estimate
  Milliseconds t2{
      4000};  ///< the longest retransmit interval of a non-INVITE request and of an INVITE response
  Milliseconds t4{5000};  ///< the longest time a message stays in the network

  /// 17.2.1: how long an INVITE may wait for its first response before it gets 100.
  static constexpr Milliseconds invite_trying_delay{200};

  Milliseconds timer_b() const { return 64 * t1; }
  /// 17.1.1.2: the other end's T1 is not known, so that D has a least value of its own.
  Milliseconds timer_d() const { return std::max(Milliseconds(32'000), 64 * t1); }
  Milliseconds timer_f() const { return 64 * t1; }
  Milliseconds timer_h() const { return 64 * t1; }
  Milliseconds timer_j() const { return 64 * t1; }
  Milliseconds timer_l() const { return 64 * t1; }
  Milliseconds timer_m() const { return 64 * t1; }
  /// When a client's Timer E over UDP has grown to T2, counted from the first sending:
  /// the moment at which a server that has not answered sends 100 (RFC 4320 4.1).
  Milliseconds trying_delay() const;
};

}  // namespace sip
