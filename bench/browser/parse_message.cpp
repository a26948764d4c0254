#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "message/contact.h"
#include "message/content_disposition.h"
#include "message/content_language.h"
#include "message/date.h"
#include "message/mandatory_headers.h"
#include "message/media_type.h"

// The module that parse.mjs measures. A program writes a message's UTF-8 into bench_buffer() and calls
// bench_parse(), which reads every header field by its type, down to each parameter, and gives the address of
// the parts that an application asks for.
#define EXPORT(name) __attribute__((export_name(#name))) extern "C"

namespace {

using namespace sip;

/// A part of the text in the buffer, in bytes.
struct Part {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

/// As page.mjs reads it: all of it is u32.
struct Parts {
  Part method, request_uri, from, to, call_id, body;
  std::uint32_t cseq = 0;
  std::uint32_t parameters = 0;  ///< of all values and URIs
};

std::array<char, max_message_size> buffer;
Parts parts;

std::uint32_t address_of(const void* object) {
  return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object));
}

Part part(std::string_view text) {
  return {static_cast<std::uint32_t>(text.data() - buffer.data()), static_cast<std::uint32_t>(text.size())};
}

std::uint32_t count(const Params& params) {
  std::uint32_t count = 0;
  ParamReader reader(params);
  while (reader.next()) ++count;
  return count;
}

std::uint32_t count(const NameAddr& address) { return count(address.params) + count(address.uri.params); }
std::uint32_t count(const Contact& contact) { return count(contact.address); }
std::uint32_t count(const Via& via) { return count(via.params); }
std::uint32_t count(const MediaType& type) { return count(type.params); }
std::uint32_t count(const ContentDisposition& disposition) { return count(disposition.params); }

/// One value of that type; false where it is malformed.
template <class T>
bool read(std::string_view value) {
  const auto parsed = T::parse(value);
  parts.parameters += parsed ? count(*parsed) : 0;
  return static_cast<bool>(parsed);
}

template <class T>
bool read_list(std::string_view list) {
  while (!list.empty())
    if (!read<T>(take_value(list))) return false;
  return true;
}

bool read_tokens(std::string_view list) {
  while (!list.empty())
    if (!is_token(take_value(list))) return false;
  return true;
}

bool read(const HeaderField& field) {
  switch (field.name) {
    case HeaderName::via: return read_list<Via>(field.value);
    case HeaderName::route:
    case HeaderName::record_route:
    case HeaderName::p_asserted_identity: return read_list<NameAddr>(field.value);
    case HeaderName::contact: return read_list<Contact>(field.value);
    case HeaderName::content_type: return read<MediaType>(field.value);
    case HeaderName::content_disposition: return read<ContentDisposition>(field.value);
    case HeaderName::content_language: return content_language(field.value).has_value();
    case HeaderName::allow:
    case HeaderName::supported:
    case HeaderName::require: return read_tokens(field.value);
    case HeaderName::date: return parse_date(field.value).has_value();
    // The rest is text, or stands among the mandatory ones.
    default: return true;
  }
}

bool read(std::string_view text) {
  auto message = MessageView::parse(text);
  if (!message || message->trim_body(MessageView::Framing::exact)) return false;
  const auto headers = MandatoryHeaders::parse(*message);
  if (!headers || !Uri::parse(message->request_uri())) return false;
  parts = {part(message->method()),      part(message->request_uri()),
           part(headers->from.uri.text), part(headers->to.uri.text),
           part(headers->call_id),       part(message->body()),
           headers->cseq.number,         count(headers->from) + count(headers->to)};
  for (const HeaderField& field : message->fields())
    if (!read(field)) return false;
  return true;
}

}  // namespace

EXPORT(bench_buffer) std::uint32_t bench_buffer() { return address_of(buffer.data()); }

/// `length` bytes of the buffer; 0 for what is no well-formed request.
EXPORT(bench_parse) std::uint32_t bench_parse(std::uint32_t length) {
  return read(std::string_view(buffer.data(), length)) ? address_of(&parts) : 0;
}
