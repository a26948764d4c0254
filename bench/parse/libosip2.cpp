#include <memory>

#include "contender.h"

extern "C" {
#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
}

namespace bench {
namespace {

struct Free {
  void operator()(osip_message_t* message) const { osip_message_free(message); }
};
using Message = std::unique_ptr<osip_message_t, Free>;

/// osip_message_parse() takes the known header fields apart at once.
Message read(std::string_view text) {
  osip_message_t* message = nullptr;
  if (osip_message_init(&message) != OSIP_SUCCESS) return nullptr;
  Message owner(message);
  if (osip_message_parse(message, text.data(), text.size()) != OSIP_SUCCESS) return nullptr;
  return owner;
}

bool parse(std::string_view text) { return read(text) != nullptr; }

std::string text_of(const char* text) { return text ? text : ""; }

std::string without_quotes(const std::string& text) {
  return text.size() >= 2 && text.front() == '"' ? text.substr(1, text.size() - 2) : text;
}

/// It keeps IPv6 addresses without their brackets.
std::string host_of(const char* host) {
  const std::string text = text_of(host);
  return text.find(':') == std::string::npos ? text : "[" + text + "]";
}

std::string tag_of(osip_from_t* address) {
  osip_generic_param_t* tag = nullptr;
  osip_from_param_get_byname(address, const_cast<char*>("tag"), &tag);
  return tag ? text_of(tag->gvalue) : "";
}

std::size_t size_of(osip_list_t& list) { return static_cast<std::size_t>(osip_list_size(&list)); }

void read_lists(osip_message_t& message, Parts& parts) {
  osip_contact_t* contact = nullptr;
  osip_message_get_contact(&message, 0, &contact);
  if (contact && contact->url) parts.contact_host = host_of(contact->url->host);
  osip_authorization_t* credentials = nullptr;
  osip_www_authenticate_t* challenge = nullptr;
  osip_message_get_authorization(&message, 0, &credentials);
  osip_message_get_www_authenticate(&message, 0, &challenge);
  if (credentials) parts.realm = without_quotes(text_of(credentials->realm));
  if (challenge) parts.realm = without_quotes(text_of(challenge->realm));
  parts.vias = size_of(message.vias);
  parts.routes = size_of(message.routes) + size_of(message.record_routes);
  parts.contacts = size_of(message.contacts);
  parts.proofs = size_of(message.authorizations) + size_of(message.www_authenticates);
  osip_body_t* body = nullptr;
  osip_message_get_body(&message, 0, &body);
  parts.body = body ? body->length : 0;
}

std::optional<Parts> parts(std::string_view text) {
  const Message message = read(text);
  if (!message || !message->from || !message->to || !message->call_id || !message->cseq) return std::nullopt;
  Parts parts;
  parts.start = MSG_IS_REQUEST(message) ? text_of(message->sip_method) : std::to_string(message->status_code);
  parts.from = text_of(message->from->url->username);
  parts.from_tag = tag_of(message->from);
  parts.to = text_of(message->to->url->username);
  parts.to_tag = tag_of(message->to);
  parts.call_id = text_of(message->call_id->number);
  if (message->call_id->host) parts.call_id += "@" + text_of(message->call_id->host);
  parts.cseq = text_of(message->cseq->number);
  osip_via_t* via = nullptr;
  osip_generic_param_t* branch = nullptr;
  osip_message_get_via(message.get(), 0, &via);
  if (!via) return std::nullopt;
  osip_via_param_get_byname(via, const_cast<char*>("branch"), &branch);
  parts.via_host = host_of(via->host);
  if (branch) parts.branch = text_of(branch->gvalue);
  read_lists(*message, parts);
  return parts;
}

}  // namespace

Contender libosip2() {
  parser_init();
  return {"libosip2", parse, parts};
}

}  // namespace bench
