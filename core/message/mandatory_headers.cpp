#include "message/mandatory_headers.h"

#include "base/ascii.h"
#include "message/call_id.h"
#include "message/method.h"

namespace sip {
namespace {

constexpr bool is_limited_list(HeaderName name) {
  return name == HeaderName::via || name == HeaderName::route || name == HeaderName::record_route ||
         name == HeaderName::contact;
}

/// Where the fields are that may stand only once; a second one is an error.
struct Found {
  const HeaderField* via = nullptr;
  const HeaderField* from = nullptr;
  const HeaderField* to = nullptr;
  const HeaderField* call_id = nullptr;
  const HeaderField* cseq = nullptr;
  const HeaderField* max_forwards = nullptr;
  std::size_t most_values = 0;  ///< that all lists together may have, by their commas

  std::optional<Error> take(const HeaderField& field) {
    const auto once = [&](const HeaderField*& slot) -> std::optional<Error> {
      if (slot) return Error{Errc::bad_header, 0, to_text(field.name)};
      slot = &field;
      return std::nullopt;
    };
    if (field.name_text.empty()) return Error{Errc::bad_header, 0, "header line"};
    if (field.name == HeaderName::from) return once(from);
    if (field.name == HeaderName::to) return once(to);
    if (field.name == HeaderName::call_id) return once(call_id);
    if (field.name == HeaderName::cseq) return once(cseq);
    if (field.name == HeaderName::max_forwards) return once(max_forwards);
    if (field.name == HeaderName::via && !via) via = &field;
    if (is_limited_list(field.name)) most_values += 1 + count_commas(field.value);
    return std::nullopt;
  }

  static std::size_t count_commas(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = text.find(','); at != std::string_view::npos; at = text.find(',', at + 1)) ++count;
    return count;
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

}  // namespace

Result<MandatoryHeaders> MandatoryHeaders::parse(const MessageView& message) {
  Result<MandatoryHeaders> headers(std::in_place);
  if (const auto error = headers->read(message)) headers = *error;
  return headers;
}

std::optional<Error> MandatoryHeaders::read(const MessageView& message) {
  Found found;
  for (const HeaderField& field : message.fields())
    if (auto error = found.take(field)) return error;
  if (found.most_values > max_list_values)
    if (auto error = find_overlong_list(message)) return error;

  const auto read = [](const HeaderField* field, auto& into, HeaderName name) -> std::optional<Error> {
    if (!field) return Error{Errc::missing_header, 0, to_text(name)};
    std::string_view list = field->value;
    auto error = into.read(name == HeaderName::via ? take_value(list) : list);
    if (error) error = Error{Errc::bad_header, error->offset, to_text(name)};
    return error;
  };
  if (auto error = read(found.via, via, HeaderName::via)) return error;
  if (auto error = read(found.from, from, HeaderName::from)) return error;
  if (auto error = read(found.to, to, HeaderName::to)) return error;
  if (auto error = read(found.cseq, cseq, HeaderName::cseq)) return error;
  if (!found.call_id) return Error{Errc::missing_header, 0, "Call-ID"};
  if (!is_call_id(found.call_id->value)) return Error{Errc::bad_header, 0, "Call-ID"};
  call_id = found.call_id->value;
  // 8.1.1.5: the CSeq method is the request's.
  if (message.is_request() && cseq.method != message.method()) return Error{Errc::bad_header, 0, "CSeq"};
  if (!found.max_forwards) return std::nullopt;
  const auto hops = parse_decimal(found.max_forwards->value, 255);
  if (!hops) return Error{Errc::bad_header, 0, "Max-Forwards"};
  max_forwards = static_cast<unsigned>(*hops);
  return std::nullopt;
}

int defect_status(const MessageView& request, const Error& error) {
  if (error.code == Errc::too_large) return 513;
  const bool is_cseq = error.code == Errc::bad_header && error.what == to_text(HeaderName::cseq);
  return is_cseq && request.is_request() && !is_known_method(request.method()) ? 501 : 400;
}

}  // namespace sip
