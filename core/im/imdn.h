#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sip {

/// What an IM Sender wants to be told (RFC 5438 6.2): the values of Disposition-Notification.
struct DispositionRequest {
  bool positive_delivery = false;
  bool negative_delivery = false;
  bool processing = false;
  bool display = false;

  /// Values that are not known are ignored, as 7.2.1 asks.
  static DispositionRequest parse(std::string_view value);
  std::string write() const;
};

/// An Instant Message Disposition Notification: a message/imdn+xml document (RFC 5438 11).
struct Imdn {
  enum class Disposition : std::uint8_t { delivery, processing, display };
  enum class Status : std::uint8_t {
    delivered,  ///< of delivery
    failed,     ///< of delivery
    processed,  ///< of processing
    stored,     ///< of processing
    displayed,  ///< of display
    forbidden,
    error,
    other,  ///< one of an extension
  };

  std::string message_id;  ///< Message-ID of the message that it is about
  std::string date_time;   ///< its DateTime, as it was written
  std::string recipient_uri;
  std::string original_recipient_uri;
  Disposition disposition = Disposition::delivery;
  Status status = Status::other;
  std::string subject{};           ///< of the message
  std::string subject_language{};  ///< a language tag; written with a subject, not read

  /// Fails for what is not well-formed, names no message or tells of no disposition; a status that its
  /// disposition doesn't have counts as `other`.
  static Result<Imdn> parse(std::string_view document);
  std::string write() const;
};

}  // namespace sip
