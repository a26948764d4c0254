#include "contender.h"
#include "full_parse.h"

namespace bench {
namespace {

bool parse(std::string_view text) { return full_parse(text).has_value(); }

std::optional<Parts> parts(std::string_view text) {
  const auto found = full_parse(text);
  if (!found) return std::nullopt;
  const sip::MandatoryHeaders& headers = found->headers;
  Parts parts;
  parts.start = found->status == 0 ? std::string(found->method) : std::to_string(found->status);
  parts.from = headers.from.uri.user;
  parts.from_tag = headers.from.tag();
  parts.to = headers.to.uri.user;
  parts.to_tag = headers.to.tag();
  parts.via_host = headers.via.host;
  parts.branch = headers.via.branch();
  parts.call_id = headers.call_id;
  parts.cseq = std::to_string(headers.cseq.number);
  if (found->contact) parts.contact_host = found->contact->host;
  parts.realm = found->realm;
  parts.vias = found->vias;
  parts.routes = found->routes;
  parts.contacts = found->contacts;
  parts.proofs = found->proofs;
  parts.body = found->body;
  return parts;
}

}  // namespace

Contender sipmsg() { return {"sipmsg", parse, parts}; }

}  // namespace bench
