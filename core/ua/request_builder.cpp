#include "ua/request_builder.h"

#include "base/encoding.h"
#include "base/sha256.h"
#include "im/content.h"
#include "message/message.h"
#include "message/uri.h"
#include "message/via.h"

namespace sip {
namespace {

constexpr std::string_view product = "sipmsg/0.1";
constexpr std::size_t tag_length = 10;  // 19.3 asks for 32 bits of chance at least; these are 40 or more

std::string with_tag(std::string_view name_addr, std::string_view tag) {
  return std::string(name_addr) + ";tag=" + std::string(tag);
}

void add_fields(Message& message, const Draft& draft) {
  // RFC 3428 4: from Date on, which is there.
  if (draft.expires > Seconds(0)) message.add(HeaderName::expires, std::to_string(draft.expires.count()));
  const auto add = [&](HeaderName name, const std::string& value) {
    if (!value.empty()) message.add(name, value);
  };
  add(HeaderName::subject, draft.fields.subject);
  add(HeaderName::in_reply_to, draft.fields.in_reply_to);
  add(HeaderName::priority, draft.fields.priority);
  add(HeaderName::content_language, draft.fields.content_language);
  add(HeaderName::content_disposition, draft.fields.content_disposition);
}

}  // namespace

RequestBuilder::RequestBuilder(const Account& account, Random random)
    : random_(random),
      address_(account.address),
      instance_(account.instance),
      contact_params_(account.contact_params),
      end_to_end_(account.end_to_end) {
  const auto uri = Uri::parse(address_);
  domain_ = uri->host;
  registrar_ = std::string(uri->scheme) + ":" + domain_;
  if (uri->port) registrar_ += ":" + std::to_string(*uri->port);
  if (!account.display_name.empty()) from_ = quoted(account.display_name) + " ";
  from_ += "<" + address_ + ">";
  if (instance_.empty()) instance_ = random_.uuid_urn();
  sent_by_ = random_.token(12) + ".invalid";
  // RFC 7118 5: both WebSocket transports are "ws" in a URI. 8.1.1.8: who is reached securely says so.
  contact_ = std::string(uri->scheme) + ":" + std::string(uri->user) + "@" + sent_by_ + ";transport=ws";
  register_call_id_ = random_.token(20);
  register_tag_ = random_.token(tag_length);
}

RequestBuilder::Request RequestBuilder::register_request(const Frame& frame,
                                                         const Registration::Register& wish) {
  const std::string branch = std::string(branch_magic_cookie) + random_.token(16);
  Message message = Message::request("REGISTER", wish.registrar);
  message.add(HeaderName::via, via(frame.protocol, branch))
      .add(HeaderName::max_forwards, "70")
      .add(HeaderName::to, "<" + address_ + ">")
      .add(HeaderName::from, with_tag(from_, register_tag_))
      .add(HeaderName::call_id, register_call_id_)
      .add(HeaderName::cseq, std::to_string(frame.cseq) + " REGISTER")
      .add(HeaderName::contact, contact_value(wish))
      // RFC 5627 4.1.
      .add(HeaderName::supported,
           wish.outbound == Registration::Outbound::asked ? "outbound, path, gruu" : "path, gruu");
  for (const auto& field : frame.authorization) message.add(field.name, field.value);
  message.add(HeaderName::user_agent, product);
  return {message.finish(), branch};
}

std::string RequestBuilder::contact_value(const Registration::Register& wish) const {
  std::string value = "<" + contact_;
  // RFC 8599 4.1.2: pn-prid must not be in the request that removes the binding.
  const bool with_push = !contact_params_.empty() && wish.expires.count() > 0;
  if (with_push) value += ";" + contact_params_;
  value += ">;+sip.instance=\"<" + instance_ + ">\"";
  // RFC 5626 4.2: the instance and this flow's number, so that a reconnect replaces the old binding.
  if (wish.outbound == Registration::Outbound::asked) value += ";reg-id=1";
  // RFC 8599 4.1.4: who can also refresh by itself says so.
  if (with_push) value += ";+sip.pnsreg";
  return value + ";expires=" + std::to_string(wish.expires.count());
}

RequestBuilder::Request RequestBuilder::message(const Frame& frame, const Draft& draft,
                                                const Destination& destination) {
  const std::string branch = std::string(branch_magic_cookie) + random_.token(16);
  Message message = Message::request("MESSAGE", destination.request_uri);
  // RFC 3428 4: no Contact.
  message.add(HeaderName::via, via(frame.protocol, branch)).add(HeaderName::max_forwards, "70");
  for (const std::string& route : service_route_.values) message.add(HeaderName::route, route);
  message.add(HeaderName::to, "<" + std::string(destination.to) + ">")
      .add(HeaderName::from, with_tag(from_, sha256_hex(draft.id).substr(0, tag_length)))
      .add(HeaderName::call_id, draft.id)
      .add(HeaderName::cseq, std::to_string(frame.cseq) + " MESSAGE")
      .add(HeaderName::date, sip_date(draft.first_sent));
  add_fields(message, draft);
  for (const auto& field : frame.authorization) message.add(field.name, field.value);
  message.add(HeaderName::user_agent, product);
  return {message.finish(draft.content_type, draft.body), branch};
}

RequestBuilder::Request RequestBuilder::options(const Frame& frame, std::string_view call_id,
                                                std::string_view recipient) {
  const std::string branch = std::string(branch_magic_cookie) + random_.token(16);
  Message message = Message::request("OPTIONS", recipient);
  message.add(HeaderName::via, via(frame.protocol, branch))
      .add(HeaderName::max_forwards, "70")
      .add(HeaderName::to, "<" + std::string(recipient) + ">")
      .add(HeaderName::from, with_tag(from_, sha256_hex(call_id).substr(0, tag_length)))
      .add(HeaderName::call_id, call_id)
      .add(HeaderName::cseq, std::to_string(frame.cseq) + " OPTIONS")
      // 11.1: what the sender itself would take.
      .add(HeaderName::accept, accepted_types(end_to_end_));
  for (const auto& field : frame.authorization) message.add(field.name, field.value);
  message.add(HeaderName::user_agent, product);
  return {message.finish(), branch};
}

std::string RequestBuilder::via(Protocol protocol, std::string_view branch) const {
  return "SIP/2.0/" + std::string(via_transport(protocol)) + " " + sent_by_ +
         ";branch=" + std::string(branch) + ";rport";
}

}  // namespace sip
