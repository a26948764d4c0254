#include "logic/registrar.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/encoding.h"
#include "message/contact.h"

namespace relay {

using namespace sip;

namespace {

constexpr Seconds default_expires{3600};  // RFC 3261 10.2.1.1

bool lists_option(const MessageView& message, HeaderName name, std::string_view option) {
  ValueReader reader(message, name);
  while (const auto value = reader.next())
    if (equal_ignoring_case(*value, option)) return true;
  return false;
}

/// 10.3 step 7: the header field where the Contact says nothing of its own.
Seconds wished_expires(const MessageView& message, const Contact& contact) {
  if (contact.expires) return *contact.expires;
  const auto header = message.value(HeaderName::expires);
  if (!header) return default_expires;
  // 20.19: a malformed value counts as 3600.
  const auto seconds = parse_decimal(*header, 0xffff'ffff);
  return seconds ? Seconds(static_cast<std::int64_t>(*seconds)) : default_expires;
}

/// RFC 5626 4.1, 6: instance and reg-id name the device's flow, whatever its Contact says.
struct OutboundFlow {
  std::string instance;
  std::string reg_id;
};

std::optional<OutboundFlow> outbound_flow(const Contact& contact) {
  const auto instance = contact.address.params.value("+sip.instance");
  const auto reg_id = contact.address.params.value("reg-id");
  if (!instance || !reg_id) return std::nullopt;
  return OutboundFlow{std::string(*instance), std::string(*reg_id)};
}

bool has_outbound_flow(const Request& request) {
  ValueReader contacts(request.message, HeaderName::contact);
  while (const auto value = contacts.next())
    if (const auto contact = Contact::parse(*value); contact && outbound_flow(*contact)) return true;
  return false;
}

/// The Contact as it will be listed: everything but its expires parameter.
std::string listed_value(const Contact& contact) {
  std::string text = "<" + std::string(contact.address.uri.text) + ">";
  ParamReader params(contact.address.params);
  while (const auto param = params.next()) {
    if (equal_ignoring_case(param->name, "expires")) continue;
    text += ";" + std::string(param->name);
    if (!param->value) continue;
    const bool is_plain = is_token(*param->value);
    text += "=" + (is_plain ? std::string(*param->value) : "\"" + std::string(*param->value) + "\"");
  }
  return text;
}

bool is_same(const Binding& binding, const Contact& contact, const std::optional<OutboundFlow>& flow) {
  if (flow && binding.instance == flow->instance && binding.reg_id == flow->reg_id) return true;
  const auto uri = Uri::parse(binding.contact);
  return uri && binding.instance.empty() == !flow && equivalent(*uri, contact.address.uri);
}

/// 10.3 steps 6 and 7: a request that is older than what it would change.
bool is_outdated(const Binding& binding, const MandatoryHeaders& headers) {
  return binding.call_id == headers.call_id && headers.cseq.number <= binding.cseq;
}

Answer out_of_order() { return {.status = 500, .reason = "Registration Out of Order"}; }

}  // namespace

Answer Registrar::process(Now now, const Request& request) {
  const std::string user = user_of(request.headers.to.uri);
  ValueReader contacts(request.message, HeaderName::contact);
  const auto first = contacts.next();
  if (!first) return list(now, user, request);
  if (trim(*first) != "*") return update(now, user, request);
  const auto expires = request.message.value(HeaderName::expires);
  if (contacts.next() || !expires || parse_decimal(*expires, 0xffff'ffff) != 0u)
    return {.status = 400, .reason = "Bad Contact"};
  return remove_all(now, user, request);
}

Answer Registrar::remove_all(Now now, const std::string& user, const Request& request) {
  for (const Binding& binding : location_.bindings(user))
    if (is_outdated(binding, request.headers)) return out_of_order();
  location_.commit(user, {});
  return list(now, user, request);
}

Answer Registrar::update(Now now, const std::string& user, const Request& request) {
  std::vector<Binding> bindings = location_.bindings(user);
  ValueReader contacts(request.message, HeaderName::contact);
  while (const auto value = contacts.next())
    if (auto refusal = apply(now, request, *value, bindings)) return std::move(*refusal);
  if (bindings.size() > max_bindings) return {.status = 403, .reason = "Too Many Contacts"};
  location_.commit(user, std::move(bindings));
  return list(now, user, request);
}

/// Brings one Contact into the list; an answer when the whole request fails.
std::optional<Answer> Registrar::apply(Now now, const Request& request, std::string_view value,
                                       std::vector<Binding>& bindings) const {
  const auto contact = Contact::parse(value);
  if (!contact || contact->star) return Answer{.status = 400, .reason = "Bad Contact"};
  // Messages can be sent to SIP addresses only, and what comes back to the relay would go round in circles.
  if (!contact->address.uri.is_sip()) return Answer{.status = 400, .reason = "Contact Is No SIP URI"};
  const Peer target = target_of(request, contact->address.uri);
  if (domain_.listens_on(target.endpoint)) return Answer{.status = 403, .reason = "Contact Points Here"};

  const Seconds wish = wished_expires(request.message, *contact);
  if (wish.count() > 0 && wish < settings_.min_expires)
    return Answer{.status = 423,
                  .headers = {{HeaderName::min_expires, std::to_string(settings_.min_expires.count())}}};
  const auto flow = outbound_flow(*contact);
  const auto same = [&](const Binding& binding) { return is_same(binding, *contact, flow); };
  // What this request itself wrote is not older than it: a Contact may stand in it twice.
  const auto& before = location_.bindings(user_of(request.headers.to.uri));
  const auto known = std::find_if(before.begin(), before.end(), same);
  if (known != before.end() && is_outdated(*known, request.headers)) return out_of_order();
  std::erase_if(bindings, same);
  if (wish.count() == 0) return std::nullopt;
  bindings.push_back({.contact = std::string(contact->address.uri.text),
                      .contact_value = listed_value(*contact),
                      .instance = flow ? flow->instance : std::string(),
                      .reg_id = flow ? flow->reg_id : std::string(),
                      .call_id = std::string(request.headers.call_id),
                      .cseq = request.headers.cseq.number,
                      .expires_at = now.mono + std::min(wish, settings_.max_expires),
                      .target = target,
                      .is_tied_to_flow = is_websocket(request.from.endpoint.protocol) ||
                                         (is_reliable(request.from.endpoint.protocol) && flow)});
  return std::nullopt;
}

/// A connection is used for as long as it lives; over UDP the sender tells by rport (RFC 3581) that it is
/// reached where it sends from. Otherwise the Contact counts, if it is an address.
Peer Registrar::target_of(const Request& request, const Uri& contact) const {
  Peer target = request.from;
  const Protocol protocol = request.from.endpoint.protocol;
  const auto address = IpAddress::parse(contact.host);
  if (is_websocket(protocol) || !address) return target;
  if (protocol == Protocol::udp && request.headers.via.params.has("rport")) return target;
  target.endpoint.address = *address;
  target.endpoint.port = contact.port.value_or(protocol == Protocol::tls ? 5061 : 5060);
  return target;
}

Answer Registrar::list(Now now, const std::string& user, const Request& request) const {
  Answer answer;
  for (const Binding& binding : location_.bindings(user)) {
    const auto left = std::chrono::ceil<Seconds>(binding.expires_at - now.mono);
    answer.headers.emplace_back(HeaderName::contact,
                                binding.contact_value + ";expires=" + std::to_string(left.count()));
  }
  answer.headers.emplace_back(HeaderName::date, sip_date(now.wall));
  // RFC 5626 6: tells the client that its flow is used, and that pings are worth while.
  if (has_outbound_flow(request) && lists_option(request.message, HeaderName::supported, "outbound") &&
      is_reliable(request.from.endpoint.protocol))
    answer.headers.emplace_back(HeaderName::require, "outbound");
  return answer;
}

}  // namespace relay
