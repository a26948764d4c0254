#pragma once

#include <string>

#include "im/imdn.h"

namespace sip {

/// What a received message wants to be told, and what a notification of it has to repeat (RFC 5438 7.2.1).
struct NotificationRequest {
  DispositionRequest wanted;
  std::string message_id;              ///< its Message-ID
  std::string date_time;               ///< its DateTime, as written; may be empty
  std::string recipient_uri;           ///< its To
  std::string original_recipient_uri;  ///< its Original-To; may be empty
  std::string subject;                 ///< may be empty
  std::string subject_language;        ///< a language tag; empty where it is not said
};

}  // namespace sip
