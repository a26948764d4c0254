#include "logic/stored_message.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/encoding.h"
#include "im/message_identity.h"
#include "logic/payload.h"
#include "message/date.h"
#include "message/message.h"

namespace relay {

using namespace sip;

bool is_for_later(const Request& request) {
  const auto uri = Uri::parse(request.message.request_uri());
  if (request.message.method() != "MESSAGE" || !uri) return false;
  // RFC 5627 3.1: a GRUU is one instance of a user agent, which may never come again.
  if (equal_ignoring_case(uri->scheme, "sips") || uri->params.has("gr")) return false;
  // RFC 3261 12.2.1.2: dialogs don't outlive the devices that hold them.
  if (!request.headers.to.tag().empty()) return false;
  // RFC 3994 3.3: it tells of now.
  return !Payload::of(request.message).is("application", "im-iscomposing+xml");
}

/// Counted from Date, from when it came where there is none. A Date in the future says nothing.
UnixTime expiry(UnixTime received, const Request& request, Seconds longest) {
  const UnixTime last = received + longest;
  const auto seconds =
      parse_decimal(request.message.value(HeaderName::expires).value_or(std::string_view{}), 0xffff'ffff);
  if (!seconds) return last;
  const auto date = parse_date(request.message.value(HeaderName::date).value_or(std::string_view{}));
  const UnixTime base = date && *date <= received ? *date : received;
  return std::min(last, base + Seconds(static_cast<std::int64_t>(*seconds)));
}

namespace {

/// What goes on is the message as it came. Our own credentials are no business of a disk (RFC 3261 22.3), and
/// without a Date nobody could tell later when it was written (20.17; RFC 3428 9: a proxy may add it).
std::string kept(UnixTime received, const Request& request, const Authenticator& authenticator) {
  MessageEdit edit(request.message);
  authenticator.withhold(edit, request.message);
  if (!request.message.value(HeaderName::date)) edit.prepend(HeaderName::date, sip_date(received));
  return edit.write();
}

}  // namespace

std::optional<StoredMessage> stored_message(Now now, UnixTime received, const Request& request,
                                            std::string recipient, const Authenticator& authenticator,
                                            Seconds longest) {
  if (!is_for_later(request)) return std::nullopt;
  const UnixTime expires_at = expiry(received, request, longest);
  if (expires_at <= now.wall) return std::nullopt;
  const Payload payload = Payload::of(request.message);
  return StoredMessage{
      .recipient = std::move(recipient),
      .identity = MessageIdentity::of(request.message, request.headers, payload.content.body).key,
      .request = kept(received, request, authenticator),
      .expires_at = expires_at};
}

}  // namespace relay
