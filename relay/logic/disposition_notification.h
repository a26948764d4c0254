#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/random.h"
#include "base/time.h"
#include "logic/local_domain.h"
#include "logic/message_store.h"
#include "logic/request.h"

namespace relay {

/// What an intermediary may say of a message (RFC 5438 8): that it was stored, or that it was not delivered.
enum class Fate : std::uint8_t { stored, failed };

/// A MESSAGE that tells the sender of a message for one of our users its fate (RFC 5438 8.1, 8.2, 12.2).
struct DispositionNotification {
  std::optional<std::string> user;  ///< of our domain, whom it is for; none: somebody of another one
  std::string request;              ///< complete

  /// None where the sender did not ask for it, or is not to be told: a stranger may have written another
  /// one's address into From (14), and what was encrypted may be spoken of in nothing but encryption.
  static std::optional<DispositionNotification> of(sip::Now now, const Request& about, Fate fate,
                                                   Sender sender, const LocalDomain& domain,
                                                   sip::Random& random);
};

}  // namespace relay
