#pragma once

#include <cstdint>
#include <string_view>

namespace sip {

/// The header fields this core knows by name: those of RFC 3261, 3262, 3323, 3325, 3326, 3327, 3515, 3608,
/// 3841, 3892, 3903, 4028, 4474, 5393, 5626, 6665, 6809, 7044 and 7615. Every other one is `other`; all are
/// kept as written.
enum class HeaderName : std::uint8_t {
  other,
  accept,
  accept_contact,
  accept_encoding,
  accept_language,
  alert_info,
  allow,
  allow_events,
  authentication_info,
  authorization,
  call_id,
  call_info,
  contact,
  content_disposition,
  content_encoding,
  content_language,
  content_length,
  content_type,
  cseq,
  date,
  error_info,
  event,
  expires,
  feature_caps,
  flow_timer,
  from,
  history_info,
  identity,
  identity_info,
  in_reply_to,
  max_breadth,
  max_forwards,
  mime_version,
  min_expires,
  min_se,
  organization,
  p_asserted_identity,
  p_preferred_identity,
  path,
  priority,
  privacy,
  proxy_authenticate,
  proxy_authentication_info,
  proxy_authorization,
  proxy_require,
  rack,
  reason,
  record_route,
  refer_to,
  referred_by,
  reject_contact,
  reply_to,
  request_disposition,
  require,
  retry_after,
  route,
  rseq,
  server,
  service_route,
  session_expires,
  sip_etag,
  sip_if_match,
  subject,
  subscription_state,
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
