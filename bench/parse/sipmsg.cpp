#include "contender.h"
#include "full_parse.h"

namespace bench {
namespace {

bool parse(std::string_view text) {
  FullParse found;
  return full_parse(text, found);
}

std::optional<Parts> parts(std::string_view text) {
  FullParse found;
  if (!full_parse(text, found)) return std::nullopt;
  Parts parts;
  parts.start = found.status == 0 ? std::string(found.method) : std::to_string(found.status);
  parts.from = found.from;
  parts.from_tag = found.from_tag;
  parts.to = found.to;
  parts.to_tag = found.to_tag;
  parts.via_host = found.via_host;
  parts.branch = found.branch;
  parts.call_id = found.call_id;
  parts.cseq = std::to_string(found.cseq);
  parts.contact_host = found.contact_host;
  parts.realm = found.realm;
  parts.vias = found.vias;
  parts.routes = found.routes;
  parts.contacts = found.contacts;
  parts.proofs = found.proofs;
  parts.body = found.body.size();
  return parts;
}

}  // namespace

Contender sipmsg() { return {"sipmsg", parse, parts}; }

}  // namespace bench
