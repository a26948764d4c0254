#include "im/inbox.h"

#include "base/ascii.h"
#include "base/encoding.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "message/date.h"
#include "message/media_type.h"
#include "message/method.h"

namespace sip {
namespace {

Judgement refuse(int status) { return {.status = status, .headers = {}, .message = {}}; }

/// 8.2.1, 21.5.2: what is known and not served gets 405, what is not even known 501.
Judgement refuse_method(std::string_view method) {
  return {.status = is_known_method(method) ? 405 : 501,
          .headers = {{HeaderName::allow, std::string(served_methods)}},
          .message = {}};
}

/// RFC 3261 8.2.2.3: extensions that must be understood and are not. None is.
std::string unsupported_extensions(const MessageView& request) {
  std::string list;
  ValueReader reader(request, HeaderName::require);
  while (const auto option = reader.next()) {
    if (option->empty()) continue;
    if (!list.empty()) list += ", ";
    list += *option;
  }
  return list;
}

std::string latin1_to_utf8(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xc0 | (byte >> 6));
      out += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return out;
}

/// The body as UTF-8; none when it is of a type or charset that cannot be shown. RFC 3428 7: text/plain must
/// be understood.
std::optional<std::string> readable_text(const MessageView& request, std::string_view content_type) {
  const auto media = MediaType::parse(content_type);
  if (!media || !media->is("text", "plain")) return std::nullopt;
  // RFC 3261 7.4.1: the default charset is UTF-8.
  const std::string_view charset = media->params.value("charset").value_or("utf-8");
  if (equal_ignoring_case(charset, "iso-8859-1")) return latin1_to_utf8(request.body());
  const bool is_utf8_charset =
      equal_ignoring_case(charset, "utf-8") || equal_ignoring_case(charset, "us-ascii");
  if (!is_utf8_charset || !is_utf8(request.body())) return std::nullopt;
  return std::string(request.body());
}

/// What a repeat has in common with the first (docs/adr/0003): Call-ID and From tag, and the Date of its
/// first sending with the text; without a Date, the CSeq.
std::string identity(const MessageView& request, const MandatoryHeaders& headers) {
  std::string key = std::string(headers.call_id) + "\n" + std::string(headers.from.tag()) + "\n";
  if (const auto date = request.value(HeaderName::date))
    return key + std::string(*date) + "\n" + sha256_hex(request.body());
  return key + std::to_string(headers.cseq.number);
}

}  // namespace

Judgement Inbox::judge(Now now, const MessageView& request, const MandatoryHeaders& headers) {
  // 7.1: SIP-Version is case-insensitive.
  if (!equal_ignoring_case(request.version(), "SIP/2.0")) return refuse(505);
  // A Request-URI that is none makes the request malformed (7.1), whatever its method; one too long is not
  // read (21.4.12).
  const auto uri = Uri::parse(request.request_uri());
  if (!uri) return refuse(uri.error().code == Errc::too_large ? 414 : 400);
  // 8.2.1: the method first, then To and Request-URI, then Require, then the content.
  if (request.method() == "CANCEL") return refuse(481);
  if (request.method() != "MESSAGE" && request.method() != "OPTIONS") return refuse_method(request.method());
  if (!uri->is_sip()) return refuse(416);
  if (std::string unsupported = unsupported_extensions(request); !unsupported.empty())
    return {.status = 420, .headers = {{HeaderName::unsupported, std::move(unsupported)}}, .message = {}};
  if (request.method() == "MESSAGE") return take_message(now, request, headers);
  return {.status = 200,
          .headers = {{HeaderName::allow, std::string(served_methods)},
                      {HeaderName::accept, std::string(shown_types)},
                      {HeaderName::supported, "outbound, path"}},
          .message = {}};
}

Judgement Inbox::take_message(Now now, const MessageView& request, const MandatoryHeaders& headers) {
  const std::string content_type(request.value(HeaderName::content_type).value_or("text/plain"));
  const auto encoding = request.value(HeaderName::content_encoding);
  // RFC 3428 7, RFC 3261 8.2.3: 415 names what would have been understood.
  if (encoding && !equal_ignoring_case(*encoding, "identity"))
    return {.status = 415, .headers = {{HeaderName::accept_encoding, "identity"}}, .message = {}};
  auto body = readable_text(request, content_type);
  if (!body)
    return {.status = 415, .headers = {{HeaderName::accept, std::string(shown_types)}}, .message = {}};
  if (!is_new(identity(request, headers))) return refuse(200);

  Incoming message;
  message.from =
      headers.from.uri.is_sip() ? address_of_record(headers.from.uri) : std::string(headers.from.uri.text);
  message.display_name = unquoted(headers.from.display_name);
  if (!is_utf8(message.display_name)) message.display_name.clear();
  message.content_type = content_type;
  message.body = std::move(*body);
  message.id = std::string(headers.call_id);
  const auto date = parse_date(request.value(HeaderName::date).value_or(std::string_view{}));
  message.sent = date && *date <= now.wall ? *date : now.wall;
  return {.status = 200, .headers = {}, .message = std::move(message)};
}

bool Inbox::is_new(std::string key) {
  if (!seen_.insert(key).second) return false;
  oldest_first_.push_back(std::move(key));
  if (oldest_first_.size() > max_remembered) {
    seen_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  return true;
}

}  // namespace sip
