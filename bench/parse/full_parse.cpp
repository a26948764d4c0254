#include "full_parse.h"

#include "message/auth_params.h"
#include "message/contact.h"
#include "message/date.h"
#include "message/delta_seconds.h"
#include "message/mandatory_headers.h"
#include "message/media_type.h"
#include "message/message_view.h"

namespace bench {
namespace {

using namespace sip;

bool read_proof(FullParse& found, std::string_view value) {
  const auto proof = AuthParams::parse(value);
  if (!proof) return false;
  AuthParamReader reader(*proof);
  while (const auto param = reader.next()) {
    if (found.realm.empty() && param->name == "realm") found.realm = *param->value;
    ++found.proof_params;
  }
  ++found.proofs;
  return true;
}

bool read_via(FullParse& found, std::string_view value) {
  // The topmost was read with the mandatory ones.
  if (found.vias++ == 0) return true;
  const auto via = Via::parse(value);
  return via && !via->branch().empty();
}

bool read_contact(FullParse& found, std::string_view value) {
  const auto contact = Contact::parse(value);
  if (!contact) return false;
  if (found.contacts++ == 0) found.contact_host = contact->address.uri.host;
  return true;
}

bool read_route(FullParse& found, std::string_view value) {
  ++found.routes;
  const auto route = NameAddr::parse(value);
  return route && !route->uri.host.empty();
}

bool read_address(FullParse& found, std::string_view value) {
  ++found.addresses;
  return static_cast<bool>(NameAddr::parse(value));
}

bool read_option(FullParse& found, std::string_view value) {
  ++found.options;
  return is_token(value);
}

/// Each value of a list.
bool read_list(FullParse& found, const HeaderField& field, bool (*read)(FullParse&, std::string_view)) {
  for (std::string_view list = field.value; !list.empty();)
    if (!read(found, take_value(list))) return false;
  return true;
}

bool read_field(FullParse& found, const HeaderField& field) {
  switch (field.name) {
    case HeaderName::via: return read_list(found, field, read_via);
    case HeaderName::contact: return read_list(found, field, read_contact);
    case HeaderName::route:
    case HeaderName::record_route: return read_list(found, field, read_route);
    case HeaderName::service_route:
    case HeaderName::path:
    case HeaderName::p_asserted_identity: return read_list(found, field, read_address);
    case HeaderName::allow:
    case HeaderName::supported:
    case HeaderName::require: return read_list(found, field, read_option);
    case HeaderName::authorization:
    case HeaderName::proxy_authorization:
    case HeaderName::www_authenticate:
    case HeaderName::proxy_authenticate: return read_proof(found, field.value);
    case HeaderName::date: return parse_date(field.value).has_value();
    case HeaderName::expires: return delta_seconds(field.value).has_value();
    case HeaderName::content_type: return static_cast<bool>(MediaType::parse(field.value));
    // The rest is text, or was read with the mandatory ones.
    default: return true;
  }
}

}  // namespace

bool full_parse(std::string_view text, FullParse& found) {
  auto message = MessageView::parse(text);
  if (!message || message->trim_body(MessageView::Framing::exact)) return false;
  const auto headers = MandatoryHeaders::parse(*message);
  if (!headers || (message->is_request() && !Uri::parse(message->request_uri()))) return false;
  found.method = message->method();
  found.status = message->status();
  found.request_uri = message->request_uri();
  found.from_uri = headers->from.uri.text;
  found.from = headers->from.uri.user;
  found.from_tag = headers->from.tag();
  found.to_uri = headers->to.uri.text;
  found.to = headers->to.uri.user;
  found.to_tag = headers->to.tag();
  found.via_host = headers->via.host;
  found.branch = headers->via.branch();
  found.call_id = headers->call_id;
  found.cseq = headers->cseq.number;
  found.body = message->body();
  for (const HeaderField& field : message->fields())
    if (!read_field(found, field)) return false;
  return true;
}

}  // namespace bench
