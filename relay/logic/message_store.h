#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/job_id.h"
#include "base/time.h"

namespace relay {

/// Names a message in the store, which counts on with each: lower numbers came earlier. Never given again.
enum class MessageNumber : std::uint64_t { none = 0 };

/// Whether anybody answers for who sent a message: strangers may not take all the room there is.
enum class Sender : std::uint8_t { known, stranger };

/// A MESSAGE that waits for its recipient.
struct StoredMessage {
  std::string recipient;  ///< user@domain
  std::string identity;   ///< a repeat has the same (MessageIdentity)
  std::string request;    ///< as it came, without what was for this relay alone
  sip::UnixTime expires_at{};
  MessageNumber number = MessageNumber::none;  ///< given by the store
  Sender sender = Sender::known;
  /// Told to the store, which does not tell it back: it takes the place of that one, which is forgotten when
  /// this is stored and not otherwise. It may go beyond the quotas, to twice as much. Where that one is gone,
  /// this is not stored: it counts as a repeat.
  MessageNumber instead_of = MessageNumber::none;
};

/// Questions to the store. It deals with them in order; what one has changed, the next one finds.

/// Keep this. To be answered once nothing but the loss of the disk can lose it.
struct StoreMessage {
  sip::JobId job;
  StoredMessage message;
  /// Stored together with it, unless it is a repeat, or there is no room for this.
  std::optional<StoredMessage> notice = {};
};
enum class Stored : std::uint8_t {
  stored,
  repeat,  ///< it was there already, under its identity
  full,    ///< past a quota: that of the recipient, or that of all; of either strangers have the half
  failed,
};

/// The first message of a recipient behind that number.
struct LoadMessage {
  sip::JobId job;
  std::string recipient;
  MessageNumber after;
};
/// The message whose time is over, whosever it is; first the one for which it has been over longest, then the
/// one that comes behind the last one.
struct LoadExpired {
  sip::JobId job;
  sip::UnixTime now;
  sip::UnixTime after_time;  ///< expires_at of the last one
  MessageNumber after;       ///< its number
};
/// The answer to either.
struct Loaded {
  std::optional<StoredMessage> message = {};
  bool failed = false;  ///< the store could not say
};

/// Has no answer. Should it fail, it is done before any later question succeeds.
struct ForgetMessage {
  MessageNumber number;
};

using StoreQuestion = std::variant<StoreMessage, LoadMessage, LoadExpired, ForgetMessage>;

}  // namespace relay
