#include "full_parse.h"

#include "message/auth_params.h"
#include "message/contact.h"
#include "message/date.h"
#include "message/delta_seconds.h"
#include "message/media_type.h"
#include "message/message_view.h"

namespace bench {
namespace {

using namespace sip;

std::size_t count(const Params& params) {
  std::size_t count = 0;
  ParamReader reader(params);
  while (reader.next()) ++count;
  return count;
}

std::size_t count(const NameAddr& address) { return count(address.params) + count(address.uri.params); }

bool read_proof(FullParse& found, std::string_view value) {
  const auto proof = AuthParams::parse(value);
  if (!proof) return false;
  AuthParamReader reader(*proof);
  while (const auto param = reader.next()) {
    if (found.realm.empty() && param->name == "realm") found.realm = *param->value;
    ++found.parameters;
  }
  ++found.proofs;
  return true;
}

/// One value of a list.
bool read_value(FullParse& found, HeaderName name, std::string_view value) {
  if (name == HeaderName::via) {
    const auto via = Via::parse(value);
    if (!via) return false;
    found.parameters += count(via->params);
    ++found.vias;
    return true;
  }
  if (name == HeaderName::contact) {
    const auto contact = Contact::parse(value);
    if (!contact) return false;
    if (!found.contact) found.contact = contact->address.uri;
    found.parameters += count(contact->address);
    ++found.contacts;
    return true;
  }
  const auto address = NameAddr::parse(value);
  if (!address) return false;
  found.parameters += count(*address);
  if (name == HeaderName::route || name == HeaderName::record_route) ++found.routes;
  return true;
}

bool read_list(FullParse& found, const HeaderField& field) {
  for (std::string_view list = field.value; !list.empty();)
    if (!read_value(found, field.name, take_value(list))) return false;
  return true;
}

bool read_options(FullParse& found, const HeaderField& field) {
  for (std::string_view list = field.value; !list.empty(); ++found.options)
    if (!is_token(take_value(list))) return false;
  return true;
}

bool read_field(FullParse& found, const HeaderField& field) {
  switch (field.name) {
    case HeaderName::via:
    case HeaderName::route:
    case HeaderName::record_route:
    case HeaderName::service_route:
    case HeaderName::path:
    case HeaderName::contact:
    case HeaderName::p_asserted_identity: return read_list(found, field);
    case HeaderName::allow:
    case HeaderName::supported:
    case HeaderName::require: return read_options(found, field);
    case HeaderName::authorization:
    case HeaderName::proxy_authorization:
    case HeaderName::www_authenticate:
    case HeaderName::proxy_authenticate: return read_proof(found, field.value);
    case HeaderName::date: return parse_date(field.value).has_value();
    case HeaderName::expires: return delta_seconds(field.value).has_value();
    case HeaderName::content_type: {
      const auto media = MediaType::parse(field.value);
      found.parameters += media ? count(media->params) : 0;
      return static_cast<bool>(media);
    }
    // The rest is text, or was read with the mandatory ones.
    default: return true;
  }
}

}  // namespace

std::optional<FullParse> full_parse(std::string_view text) {
  auto message = MessageView::parse(text);
  if (!message || message->trim_body(MessageView::Framing::exact)) return std::nullopt;
  const auto headers = MandatoryHeaders::parse(*message);
  if (!headers || (message->is_request() && !Uri::parse(message->request_uri()))) return std::nullopt;
  FullParse found;
  found.method = message->method();
  found.status = message->status();
  found.headers = *headers;
  found.parameters = count(headers->from) + count(headers->to);
  found.body = message->body().size();
  for (const HeaderField& field : message->fields())
    if (!read_field(found, field)) return std::nullopt;
  return found;
}

}  // namespace bench
