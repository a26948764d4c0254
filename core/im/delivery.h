#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "im/message_fields.h"

namespace sip {

/// A message of one's own, for its whole life: it is also the Call-ID, so that a repeat is known as one.
using MessageId = std::string;

/// What is known of a message. It only ever becomes more:
///
///     queued <-> sending -> stored -> delivered -> displayed
///         \__________\_________\-> failed
///
/// Steps may be left out: a notification can come before the answer to the request. Back go only: sending to
/// queued, when it has to wait and be tried again; failed to queued, when the person has it tried again;
/// failed to delivered or displayed, when a notification shows that the answer alone was lost.
enum class DeliveryState : std::uint8_t {
  queued,     ///< waits for the connection, for an earlier message to the same person, or for another try
  sending,    ///< on its way; no final answer yet
  stored,     ///< 202, or a notification of it: a server has it and will deliver it later (RFC 3428 7)
  delivered,  ///< any other 2xx, or a notification: the recipient's device has it
  displayed,  ///< a notification said that it was shown (RFC 5438 5.3); nobody can know that it was read
  failed,     ///< it will not be tried again
};

/// Whether a message in one state may come into another.
bool may_follow(DeliveryState from, DeliveryState to);

enum class FailureReason : std::uint8_t {
  none,
  too_long,          ///< over the 1300-byte rule; Delivery::excess says by how much (RFC 3428 8)
  bad_recipient,     ///< 416, 484, or the address is none that recipient_uri() knows
  bad_content,       ///< the text is not UTF-8, or a header field cannot be written
  unknown_user,      ///< 404, 410, 604
  moved,             ///< 3xx that leads nowhere (RFC 3261 8.1.3.4)
  offline,           ///< 480, 486 after the last try
  refused,           ///< 403
  declined,          ///< 600, 603 and other 6xx: it arrived, and was refused (RFC 3428 7)
  not_understood,    ///< 415, 488, 606: their device cannot show this kind of content
  wrong_password,    ///< 401, 407 although signed, or an answer from who does not know it
  no_answer,         ///< 408, or nothing at all, after the last try
  server_trouble,    ///< 5xx after the last try
  expired,           ///< its time was over before it could be sent (RFC 3428 4)
  undeliverable,     ///< a notification said so after a server had taken it (RFC 5438 8.2)
  not_sealed,        ///< it could not be sealed, and may not go out in the clear
  no_secure_device,  ///< 415 to what was sealed: it does not go out in the clear instead (RFC 3261 23.2)
  undecipherable,    ///< 493: sealed for a key that their device does not have
  cancelled,         ///< by the person; for sending: there will be no other try
  other,             ///< any other status
};

struct Draft {
  std::string to{};    ///< URI, or user@host
  std::string body{};  ///< UTF-8
  std::string content_type = "text/plain;charset=UTF-8";
  MessageId id{};               ///< empty: drawn anew; that of an earlier draft: the same message again
  UnixTime first_sent{};        ///< zero: now; Date of the message, kept over repeats (RFC 3261 20.17)
  bool must_be_sealed = false;  ///< it does not go out in the clear, where anybody seals
  MessageFields fields{};
  Seconds expires{};  ///< how long from first_sent it is of use, below 2^32; zero: for ever (RFC 3428 4)
};

/// Whether the draft can be written as a request: a body of UTF-8, and nothing in its fields that would end
/// them.
bool is_valid(const Draft& draft);

/// Whether its time is over, so that it is of no use any more.
bool is_expired(const Draft& draft, UnixTime now);

struct Delivery {
  MessageId id{};
  DeliveryState state = DeliveryState::queued;
  FailureReason reason = FailureReason::none;  ///< for queued: why it has to wait, if it was tried before
  int status = 0;                              ///< the SIP status that decided, 0 without one
  std::string phrase{};                        ///< its reason phrase as received
  std::size_t excess = 0;                      ///< bytes too many, for too_long
  /// For queued: when it is tried again. For failed: from when on another try makes sense, where the answer
  /// said so (RFC 3261 20.33). None: as soon as may be.
  std::optional<UnixTime> retry_at{};
  bool has_asked = false;  ///< it went out asking for notifications (RFC 5438 7.1.1)
  bool is_plain = false;   ///< it went out as plain text, and stays that (docs/adr/0005)
};

/// Whether one thing may be told of a message after another: its state leads on, or it is cancelled on its
/// way.
bool may_follow(const Delivery& from, const Delivery& to);

/// A message and the latest that was told of it: all that a program has to keep of it so that the UserAgent
/// of a later run goes on where this one stopped. Of a message that is neither queued nor sending the draft's
/// id is enough.
struct SentMessage {
  Draft draft;
  Delivery delivery;
};

}  // namespace sip
