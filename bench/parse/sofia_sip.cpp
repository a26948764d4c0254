#include <sofia-sip/msg.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>

#include <memory>

#include "contender.h"

namespace bench {
namespace {

struct Destroy {
  void operator()(msg_t* message) const { msg_destroy(message); }
};
using Message = std::unique_ptr<msg_t, Destroy>;

/// msg_make() takes the known header fields apart at once.
Message read(std::string_view text) {
  return Message(msg_make(sip_default_mclass(), 0, text.data(), static_cast<ssize_t>(text.size())));
}

bool is_whole(const sip_t* sip) {
  return sip && !sip->sip_error && sip->sip_via && sip->sip_from && sip->sip_to && sip->sip_cseq &&
         sip->sip_call_id && (sip->sip_request || sip->sip_status);
}

bool parse(std::string_view text) {
  const Message message = read(text);
  return message && is_whole(sip_object(message.get()));
}

std::string text_of(const char* text) { return text ? text : ""; }

std::string realm_of(const msg_auth_t* proof) {
  const std::string realm = text_of(msg_header_find_param(proof->au_common, "realm="));
  return realm.size() >= 2 && realm.front() == '"' ? realm.substr(1, realm.size() - 2) : realm;
}

void read_lists(const sip_t& sip, Parts& parts) {
  if (sip.sip_contact) parts.contact_host = text_of(sip.sip_contact->m_url->url_host);
  for (const sip_via_t* via = sip.sip_via; via; via = via->v_next) ++parts.vias;
  for (const sip_route_t* route = sip.sip_route; route; route = route->r_next) ++parts.routes;
  for (const sip_route_t* route = sip.sip_record_route; route; route = route->r_next) ++parts.routes;
  for (const sip_contact_t* contact = sip.sip_contact; contact; contact = contact->m_next) ++parts.contacts;
  for (const msg_auth_t* first : {sip.sip_authorization, sip.sip_www_authenticate}) {
    if (first) parts.realm = realm_of(first);
    for (const msg_auth_t* proof = first; proof; proof = proof->au_next) ++parts.proofs;
  }
  parts.body = sip.sip_payload ? sip.sip_payload->pl_len : 0;
}

std::optional<Parts> parts(std::string_view text) {
  const Message message = read(text);
  const sip_t* sip = message ? sip_object(message.get()) : nullptr;
  if (!is_whole(sip)) return std::nullopt;
  Parts parts;
  parts.start = sip->sip_request ? text_of(sip->sip_request->rq_method_name)
                                 : std::to_string(sip->sip_status->st_status);
  parts.from = text_of(sip->sip_from->a_url->url_user);
  parts.from_tag = text_of(sip->sip_from->a_tag);
  parts.to = text_of(sip->sip_to->a_url->url_user);
  parts.to_tag = text_of(sip->sip_to->a_tag);
  parts.via_host = text_of(sip->sip_via->v_host);
  parts.branch = text_of(sip->sip_via->v_branch);
  parts.call_id = text_of(sip->sip_call_id->i_id);
  parts.cseq = std::to_string(sip->sip_cseq->cs_seq);
  read_lists(*sip, parts);
  return parts;
}

}  // namespace

Contender sofia_sip() { return {"sofia-sip", parse, parts}; }

}  // namespace bench
