#include "logic/registrar.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/encoding.h"
#include "message/contact.h"
#include "message/delta_seconds.h"

namespace relay {

using namespace sip;

namespace {

constexpr Seconds default_expires{3600};  // RFC 3261 10.2.1.1

/// 10.3 step 7: the header field where the Contact says nothing of its own.
Seconds wished_expires(const MessageView& message, const Contact& contact) {
  if (contact.expires) return *contact.expires;
  // 20.19: a malformed value counts as 3600.
  return delta_seconds(message, HeaderName::expires).value_or(default_expires);
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

/// A registration over a flow is that of one device: one Contact that is not removed (RFC 5626 6).
bool mixes_flows(const Request& request) {
  std::size_t lasting = 0;
  bool has_flow = false;
  ValueReader contacts(request.message, HeaderName::contact);
  while (const auto value = contacts.next()) {
    const auto contact = Contact::parse(*value);
    if (!contact || contact->star || wished_expires(request.message, *contact).count() == 0) continue;
    ++lasting;
    has_flow = has_flow || outbound_flow(*contact);
  }
  return has_flow && lasting > 1;
}

bool has_outbound_flow(const Request& request) {
  ValueReader contacts(request.message, HeaderName::contact);
  while (const auto value = contacts.next())
    if (const auto contact = Contact::parse(*value); contact && outbound_flow(*contact)) return true;
  return false;
}

/// What the registrar itself says of a binding, and takes from no client (RFC 5627 5.1).
bool is_ours_to_say(std::string_view param) {
  for (const std::string_view name : {"expires", "pub-gruu", "temp-gruu"})
    if (equal_ignoring_case(param, name)) return true;
  return false;
}

/// The Contact as it will be listed: everything but what the registrar says.
std::string listed_value(const Contact& contact) {
  std::string text = "<" + std::string(contact.address.uri.text) + ">";
  ParamReader params(contact.address.params);
  while (const auto param = params.next()) {
    if (is_ours_to_say(param->name)) continue;
    text += ";" + std::string(param->name);
    if (!param->value) continue;
    const bool is_plain = is_token(*param->value);
    text += "=" + (is_plain ? std::string(*param->value) : "\"" + std::string(*param->value) + "\"");
  }
  return text;
}

/// RFC 5626 6: two devices behind NATs may have the same URI.
bool is_same(const Binding& binding, const Contact& contact, const std::optional<OutboundFlow>& flow) {
  if (flow) return binding.instance == flow->instance && binding.reg_id == flow->reg_id;
  const auto uri = Uri::parse(binding.contact);
  return uri && binding.reg_id.empty() && equivalent(*uri, contact.address.uri);
}

/// 10.3 steps 6 and 7: a request that is older than what it would change.
bool is_outdated(const Binding& binding, const MandatoryHeaders& headers) {
  return binding.call_id == headers.call_id && headers.cseq.number <= binding.cseq;
}

std::size_t elsewhere(const std::vector<Binding>& bindings) {
  return static_cast<std::size_t>(
      std::count_if(bindings.begin(), bindings.end(), [](const Binding& each) { return each.is_elsewhere; }));
}

Answer out_of_order() { return {.status = 500, .reason = "Registration Out of Order"}; }

}  // namespace

Answer Registrar::process(Now now, const Request& request) {
  const std::string user = user_of(request.headers.to.uri);
  ValueReader contacts(request.message, HeaderName::contact);
  const auto first = contacts.next();
  if (!first) return list(now, user, request);
  if (trim(*first) != "*") return update(now, user, request);
  if (contacts.next() || delta_seconds(request.message, HeaderName::expires) != Seconds(0))
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
  auto said = outbound(request);
  if (auto* refusal = std::get_if<Answer>(&said)) return std::move(*refusal);
  const Outbound& outbound = std::get<Outbound>(said);
  std::vector<Binding> bindings = location_.bindings(user);
  ValueReader contacts(request.message, HeaderName::contact);
  while (const auto value = contacts.next())
    if (auto refusal = apply(now, request, outbound, *value, bindings)) return std::move(*refusal);
  if (bindings.size() > max_bindings || elsewhere(bindings) > max_elsewhere)
    return {.status = 403, .reason = "Too Many Contacts"};
  location_.commit(user, std::move(bindings));
  Answer answer = list(now, user, request);
  // RFC 3327 5.3.
  if (!outbound.path.values.empty()) answer.headers.emplace_back(HeaderName::path, outbound.path.text());
  // RFC 5626 6: tells the client that its flow is used, and that keep-alives are answered.
  if (outbound.is_applied && lists_option(request.message, HeaderName::supported, "outbound"))
    answer.headers.emplace_back(HeaderName::require, "outbound");
  return answer;
}

/// RFC 3327 5.3, RFC 5626 6.
std::variant<Registrar::Outbound, Answer> Registrar::outbound(const Request& request) const {
  auto path = Path::read(request);
  if (auto* refusal = std::get_if<Answer>(&path)) return std::move(*refusal);
  Outbound outbound{std::get<Path>(std::move(path))};
  if (!has_outbound_flow(request)) return outbound;
  if (mixes_flows(request)) return Answer{.status = 400, .reason = "One Flow, One Contact"};
  const auto first = outbound.path.first();
  outbound.is_applied = is_first_hop(request) || (first && first->uri.params.has("ob"));
  if (!outbound.is_applied && lists_option(request.message, HeaderName::supported, "outbound"))
    return Answer{.status = 439};
  return outbound;
}

/// Brings one Contact into the list; an answer when the whole request fails.
std::optional<Answer> Registrar::apply(Now now, const Request& request, const Outbound& outbound,
                                       std::string_view value, std::vector<Binding>& bindings) const {
  const auto contact = Contact::parse(value);
  if (!contact || contact->star) return Answer{.status = 400, .reason = "Bad Contact"};
  if (auto refusal = refuse_contact(request, *contact)) return refusal;
  const auto flow = outbound.is_applied ? outbound_flow(*contact) : std::nullopt;
  const Peer target = !outbound.path.values.empty() ? target_by(outbound.path, request)
                      // RFC 5626 7: over the flow that it came by, whatever the Contact says.
                      : flow && !is_reliable(request.from.endpoint.protocol)
                          ? request.from
                          : target_of(request, contact->address.uri);
  if (domain_.listens_on(target.endpoint)) return Answer{.status = 403, .reason = "Contact Points Here"};

  const Seconds wish = wished_expires(request.message, *contact);
  if (wish.count() > 0 && wish < settings_.min_expires)
    return Answer{.status = 423,
                  .headers = {{HeaderName::min_expires, std::to_string(settings_.min_expires.count())}}};
  const auto same = [&](const Binding& binding) { return is_same(binding, *contact, flow); };
  // What this request itself wrote is not older than it: a Contact may stand in it twice.
  const auto& before = location_.bindings(user_of(request.headers.to.uri));
  const auto known = std::find_if(before.begin(), before.end(), same);
  if (known != before.end() && is_outdated(*known, request.headers)) return out_of_order();
  Binding added{.contact = std::string(contact->address.uri.text),
                .contact_value = listed_value(*contact),
                .instance = std::string(contact->address.params.value("+sip.instance").value_or("")),
                .reg_id = flow ? flow->reg_id : std::string(),
                .gruu_key = {},
                .path = outbound.path,
                .q_thousandths = contact->q_thousandths,
                .call_id = std::string(request.headers.call_id),
                .cseq = request.headers.cseq.number,
                .expires_at = now.mono + std::min(wish, settings_.max_expires),
                .target = target,
                .is_tied_to_flow =
                    outbound.path.values.empty() && (is_websocket(request.from.endpoint.protocol) ||
                                                     (is_reliable(request.from.endpoint.protocol) && flow)),
                .is_elsewhere = !is_reliable(target.endpoint.protocol) &&
                                target.endpoint.address != request.from.endpoint.address};
  if (wish.count() > 0 && !added.instance.empty()) {
    added.gruu_key = key_of(bindings, added);
    for (Binding& other : bindings)
      if (other.instance == added.instance) other.gruu_key = added.gruu_key;
  }
  std::erase_if(bindings, same);
  if (wish.count() > 0) bindings.push_back(std::move(added));
  return std::nullopt;
}

std::optional<Answer> Registrar::refuse_contact(const Request& request, const Contact& contact) const {
  const Uri& uri = contact.address.uri;
  const bool has_instance = contact.address.params.has("+sip.instance");
  // Messages can be sent to SIP addresses only, and what comes back to the relay would go round in circles.
  if (!uri.is_sip()) return Answer{.status = has_instance ? 403 : 400, .reason = "Contact Is No SIP URI"};
  // RFC 5627 5.1.
  const bool is_address = equivalent(uri, request.headers.to.uri);
  const bool is_gruu = domain_.owns(uri) && uri.params.has("gr");
  if (has_instance && (is_address || is_gruu)) return Answer{.status = 403, .reason = "Contact Points Here"};
  return std::nullopt;
}

/// RFC 5627 5.1: the key lasts as long as the instance is registered, and changes with the Call-ID of a flow:
/// then its temporary GRUUs are worth nothing any more.
std::string Registrar::key_of(const std::vector<Binding>& before, const Binding& added) const {
  const Binding* newest = nullptr;
  for (const Binding& binding : before)
    if (binding.instance == added.instance && binding.reg_id == added.reg_id) newest = &binding;
  if (newest) return newest->call_id == added.call_id ? newest->gruu_key : gruu_.draw_key();
  for (const Binding& binding : before)
    if (binding.instance == added.instance) return binding.gruu_key;
  return gruu_.draw_key();
}

/// A connection is used for as long as it lives; over UDP the sender tells by rport (RFC 3581) that it is
/// reached where it sends from. Otherwise the Contact counts, if it is an address.
Peer Registrar::target_of(const Request& request, const Uri& contact) const {
  if (request.from.endpoint.protocol == Protocol::udp && request.headers.via.params.has("rport"))
    return request.from;
  return reached_by(contact, request);
}

/// Who sent us the REGISTER is on the path; where its first element has an address, requests go there.
Peer Registrar::target_by(const Path& path, const Request& request) const {
  return reached_by(path.first()->uri, request);
}

/// At the address in the URI; where it has none, or one that means this machine to us and another to them,
/// where they came from: whoever has an account would have others speak to what listens here alone. From
/// loopback a proxy on this machine brings anybody.
Peer Registrar::reached_by(const Uri& uri, const Request& request) const {
  const Protocol protocol = request.from.endpoint.protocol;
  const auto address = IpAddress::parse(uri.host);
  if (is_websocket(protocol) || !address) return request.from;
  Peer target = request.from;
  target.endpoint.address = *address;
  target.endpoint.port = uri.port.value_or(default_port(protocol));
  const bool is_theirs = *address == request.from.endpoint.address && !address->is_loopback();
  const bool may_be_meant =
      is_theirs || domain_.may_be_led_to(*address) || domain_.listens_on(target.endpoint);
  return may_be_meant ? target : request.from;
}

Answer Registrar::list(Now now, const std::string& user, const Request& request) const {
  Answer answer;
  std::map<std::string, std::string> temporary;
  for (const Binding& binding : location_.bindings(user)) {
    const auto left = std::chrono::ceil<Seconds>(binding.expires_at - now.mono);
    answer.headers.emplace_back(HeaderName::contact, with_gruus(request, binding, temporary) +
                                                         ";expires=" + std::to_string(left.count()));
  }
  answer.headers.emplace_back(HeaderName::date, sip_date(now.wall));
  // RFC 3608 6.3: others are in between, who are told that what the client sends has to come by us.
  if (!is_first_hop(request))
    answer.headers.emplace_back(HeaderName::service_route,
                                "<" + domain_.route("sip", request.from, "service") + ">");
  return answer;
}

/// RFC 5627 5.2: all contacts of an instance show the same temporary GRUU, the newest.
std::string Registrar::with_gruus(const Request& request, const Binding& binding,
                                  std::map<std::string, std::string>& temporary) const {
  if (binding.gruu_key.empty() || !lists_option(request.message, HeaderName::supported, "gruu"))
    return binding.contact_value;
  std::string& newest = temporary[binding.gruu_key];
  if (newest.empty()) newest = gruu_.temporary_gruu(binding.gruu_key, domain_.name());
  return binding.contact_value +
         ";pub-gruu=" + quoted(Gruu::public_gruu(request.headers.to.uri, binding.instance)) +
         ";temp-gruu=" + quoted(newest);
}

}  // namespace relay
