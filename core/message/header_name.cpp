#include "message/header_name.h"

#include <array>

#include "base/ascii.h"

namespace sip {
namespace {

struct Entry {
  HeaderName name;
  std::string_view text;
  char compact;  ///< '\0' for none (RFC 3261 7.3.3, 20; RFC 3841 and RFC 6665 add theirs when typed)
};

constexpr std::array entries{
    Entry{HeaderName::accept, "Accept", '\0'},
    Entry{HeaderName::accept_encoding, "Accept-Encoding", '\0'},
    Entry{HeaderName::allow, "Allow", '\0'},
    Entry{HeaderName::authentication_info, "Authentication-Info", '\0'},
    Entry{HeaderName::authorization, "Authorization", '\0'},
    Entry{HeaderName::call_id, "Call-ID", 'i'},
    Entry{HeaderName::contact, "Contact", 'm'},
    Entry{HeaderName::content_disposition, "Content-Disposition", '\0'},
    Entry{HeaderName::content_encoding, "Content-Encoding", 'e'},
    Entry{HeaderName::content_language, "Content-Language", '\0'},
    Entry{HeaderName::content_length, "Content-Length", 'l'},
    Entry{HeaderName::content_type, "Content-Type", 'c'},
    Entry{HeaderName::cseq, "CSeq", '\0'},
    Entry{HeaderName::date, "Date", '\0'},
    Entry{HeaderName::expires, "Expires", '\0'},
    Entry{HeaderName::flow_timer, "Flow-Timer", '\0'},
    Entry{HeaderName::from, "From", 'f'},
    Entry{HeaderName::in_reply_to, "In-Reply-To", '\0'},
    Entry{HeaderName::max_breadth, "Max-Breadth", '\0'},
    Entry{HeaderName::max_forwards, "Max-Forwards", '\0'},
    Entry{HeaderName::min_expires, "Min-Expires", '\0'},
    Entry{HeaderName::path, "Path", '\0'},
    Entry{HeaderName::priority, "Priority", '\0'},
    Entry{HeaderName::proxy_authenticate, "Proxy-Authenticate", '\0'},
    Entry{HeaderName::proxy_authentication_info, "Proxy-Authentication-Info", '\0'},
    Entry{HeaderName::proxy_authorization, "Proxy-Authorization", '\0'},
    Entry{HeaderName::proxy_require, "Proxy-Require", '\0'},
    Entry{HeaderName::record_route, "Record-Route", '\0'},
    Entry{HeaderName::require, "Require", '\0'},
    Entry{HeaderName::retry_after, "Retry-After", '\0'},
    Entry{HeaderName::route, "Route", '\0'},
    Entry{HeaderName::server, "Server", '\0'},
    Entry{HeaderName::service_route, "Service-Route", '\0'},
    Entry{HeaderName::subject, "Subject", 's'},
    Entry{HeaderName::supported, "Supported", 'k'},
    Entry{HeaderName::timestamp, "Timestamp", '\0'},
    Entry{HeaderName::to, "To", 't'},
    Entry{HeaderName::unsupported, "Unsupported", '\0'},
    Entry{HeaderName::user_agent, "User-Agent", '\0'},
    Entry{HeaderName::via, "Via", 'v'},
    Entry{HeaderName::warning, "Warning", '\0'},
    Entry{HeaderName::www_authenticate, "WWW-Authenticate", '\0'},
};

}  // namespace

HeaderName header_name(std::string_view text) {
  if (text.size() == 1) {
    for (const Entry& entry : entries)
      if (entry.compact != '\0' && entry.compact == to_lower(text[0])) return entry.name;
    return HeaderName::other;
  }
  for (const Entry& entry : entries)
    if (entry.text.size() == text.size() && equal_ignoring_case(entry.text, text)) return entry.name;
  return HeaderName::other;
}

std::string_view to_text(HeaderName name) {
  for (const Entry& entry : entries)
    if (entry.name == name) return entry.text;
  return {};
}

}  // namespace sip
