#pragma once

#include <cstdint>
#include <string_view>

namespace sip {

/// The header fields this core knows by name; every other one is `other` and kept as written.
enum class HeaderName : std::uint8_t {
  other,
  accept,
  accept_encoding,
  allow,
  authentication_info,
  authorization,
  call_id,
  contact,
  content_disposition,
  content_encoding,
  content_language,
  content_length,
  content_type,
  cseq,
  date,
  expires,
  flow_timer,
  from,
  in_reply_to,
  max_breadth,
  max_forwards,
  min_expires,
  path,
  priority,
  proxy_authenticate,
  proxy_authentication_info,
  proxy_authorization,
  proxy_require,
  record_route,
  require,
  retry_after,
  route,
  server,
  service_route,
  subject,
  supported,
  timestamp,
  to,
  unsupported,
  user_agent,
  via,
  warning,
  www_authenticate,
};

/// Knows canonical and compact forms (RFC 3261 7.3.3), without case.
HeaderName header_name(std::string_view text);

/// The canonical form, e.g. "Call-ID"; empty for `other`.
std::string_view to_text(HeaderName name);

}  // namespace sip
