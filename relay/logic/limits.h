#pragma once

#include "base/time.h"
#include "logic/token_bucket.h"

namespace relay {

/// How much is taken from one sender. Ordinary use stays far below.
struct Limits {
  /// MESSAGE requests of one user, or of strangers from one source (source_of), and as many others together
  /// but for REGISTER and what ends or acknowledges.
  Allowance messages{600, sip::Seconds(60)};
  /// Wrong passwords for one user, from wherever they come.
  Allowance wrong_passwords{30, sip::Seconds(900)};
  /// Wrong passwords from one source, behind which an office may sit.
  Allowance wrong_passwords_of_source{300, sip::Seconds(900)};
};

}  // namespace relay
