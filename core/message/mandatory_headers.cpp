#include "message/mandatory_headers.h"

#include "base/ascii.h"
#include "message/call_id.h"
#include "message/method.h"

namespace sip {
namespace {

/// Where the fields are that may stand only once; a second one is an error.
struct Found {
  std::optional<std::string_view> from, to, call_id, cseq, max_forwards;
  std::optional<std::string_view> via;

  std::optional<Error> take(const HeaderField& field) {
    const auto once = [&](std::optional<std::string_view>& slot) -> std::optional<Error> {
      if (slot) return Error{Errc::bad_header, 0, to_text(field.name)};
      slot = field.value;
      return std::nullopt;
    };
    if (field.name_text.empty()) return Error{Errc::bad_header, 0, "header line"};
    if (field.name == HeaderName::from) return once(from);
    if (field.name == HeaderName::to) return once(to);
    if (field.name == HeaderName::call_id) return once(call_id);
    if (field.name == HeaderName::cseq) return once(cseq);
    if (field.name == HeaderName::max_forwards) return once(max_forwards);
    if (field.name == HeaderName::via && !via) via = field.value;
    return std::nullopt;
  }
};

std::optional<Error> find_overlong_list(const MessageView& message) {
  for (const HeaderName name :
       {HeaderName::via, HeaderName::route, HeaderName::record_route, HeaderName::contact}) {
    ValueReader reader(message, name);
    for (std::size_t count = 0; reader.next(); ++count)
      if (count == max_list_values) return Error{Errc::too_large, 0, to_text(name)};
  }
  return std::nullopt;
}

/// Parses one field into its place.
template <class T>
std::optional<Error> read(const std::optional<std::string_view>& value, T& into, std::string_view what) {
  if (!value) return Error{Errc::missing_header, 0, what};
  auto parsed = T::parse(*value);
  if (!parsed) return Error{Errc::bad_header, parsed.error().offset, what};
  into = *parsed;
  return std::nullopt;
}

}  // namespace

Result<MandatoryHeaders> MandatoryHeaders::parse(const MessageView& message) {
  Found found;
  for (const HeaderField& field : message.fields())
    if (const auto error = found.take(field)) return *error;
  if (const auto error = find_overlong_list(message)) return *error;
  if (found.via) {
    std::string_view list = *found.via;
    found.via = take_value(list);
  }

  MandatoryHeaders headers;
  if (const auto error = read(found.via, headers.via, "Via")) return *error;
  if (const auto error = read(found.from, headers.from, "From")) return *error;
  if (const auto error = read(found.to, headers.to, "To")) return *error;
  if (const auto error = read(found.cseq, headers.cseq, "CSeq")) return *error;
  if (!found.call_id) return Error{Errc::missing_header, 0, "Call-ID"};
  if (!is_call_id(*found.call_id)) return Error{Errc::bad_header, 0, "Call-ID"};
  headers.call_id = *found.call_id;
  // 8.1.1.5: the CSeq method is the request's.
  if (message.is_request() && headers.cseq.method != message.method())
    return Error{Errc::bad_header, 0, "CSeq"};
  if (found.max_forwards) {
    const auto hops = parse_decimal(*found.max_forwards, 255);
    if (!hops) return Error{Errc::bad_header, 0, "Max-Forwards"};
    headers.max_forwards = static_cast<unsigned>(*hops);
  }
  return headers;
}

int defect_status(const MessageView& request, const Error& error) {
  if (error.code == Errc::too_large) return 513;
  const bool is_cseq = error.code == Errc::bad_header && error.what == to_text(HeaderName::cseq);
  return is_cseq && request.is_request() && !is_known_method(request.method()) ? 501 : 400;
}

}  // namespace sip
