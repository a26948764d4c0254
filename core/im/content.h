#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "im/body.h"
#include "im/content_answers.h"
#include "im/mime_entity.h"
#include "im/notification_request.h"
#include "im/protection.h"

namespace sip {

/// What a MESSAGE brings, taken out of what is sealed and of its message/cpim.
struct Content {
  Body body;

  bool is_cpim = false;
  std::string writer;            ///< URI of the CPIM From; not vouched for by anyone
  std::string writer_name;       ///< its Formal-name
  std::string message_id;        ///< Message-ID (RFC 5438 6.3), empty without one
  std::string subject;           ///< the first Subject (RFC 3862 4.5); empty without one
  std::optional<UnixTime> sent;  ///< DateTime
  std::optional<NotificationRequest> request;

  Protection protection = Protection::none;
  std::string signer;  ///< of the outermost signature (RFC 3261 23.3); empty: none

  /// Errors as of Body::parse(); Errc::unsupported also for a Require that is not known.
  static Result<Content> parse(const MimeEntity& entity, ContentAnswers& answers);
};

}  // namespace sip
