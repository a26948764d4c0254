#include "logic/record_route.h"

#include <utility>
#include <vector>

#include "base/ascii.h"
#include "message/contact.h"
#include "message/message.h"
#include "message/method.h"

namespace relay {

using namespace sip;

namespace {

bool is_sips(std::string_view uri) { return equal_ignoring_case(uri.substr(0, 5), "sips:"); }

/// The dialog, as far as it is known when it begins, which of the two it is, and who that is to us.
std::string scope(const Request& request, const Uri& end, Party party) {
  return std::string(request.headers.call_id) + "\n" +
         (end.is_sip() ? address_of_record(end) : std::string(end.text)) + "\n" +
         std::to_string(static_cast<int>(party));
}

/// What arrives from where `peer` is reached. An address may be used by several ports.
bool is_from(const Peer& peer, const Peer& source) {
  if (peer.endpoint.protocol != source.endpoint.protocol) return false;
  if (is_reliable(peer.endpoint.protocol) && peer.flow == source.flow) return true;
  return peer.endpoint.port != 0 && peer.endpoint.address == source.endpoint.address;
}

std::uint16_t default_port(Protocol protocol) { return protocol == Protocol::tls ? 5061 : 5060; }

/// Where requests to the sender go. Its Contact tells the port on which it listens, where its address is the
/// one that it sends from; otherwise there is a NAT or a proxy in between, and only the same way leads back.
/// None: a proxy of somebody else has sent it, and decides for itself whether it will be on the way.
std::optional<Peer> sender(const Request& request, const LocalDomain& domain) {
  Peer peer = request.from;
  ValueReader vias(request.message, HeaderName::via);
  vias.next();
  const bool is_direct = !vias.next();
  const Protocol protocol = peer.endpoint.protocol;
  if (is_websocket(protocol)) return peer;
  if (!is_direct && !domain.owns(request.headers.from.uri)) return std::nullopt;
  ValueReader contacts(request.message, HeaderName::contact);
  const auto value = contacts.next();
  const auto contact = value ? Contact::parse(*value) : Result<Contact>(Error{});
  const bool asks_for_source = protocol == Protocol::udp && request.headers.via.params.has("rport");
  const bool is_reached_there = contact && !contact->star && !contact->address.uri.params.has("ob") &&
                                IpAddress::parse(contact->address.uri.host) == peer.endpoint.address;
  if (is_reached_there && !asks_for_source)
    peer.endpoint.port = contact->address.uri.port.value_or(default_port(protocol));
  // RFC 5626: a connection that the client has opened has no other address.
  if (!is_reached_there && is_reliable(protocol)) peer.endpoint.port = 0;
  return peer;
}

}  // namespace

bool RecordRoute::is_wanted(const MessageView& request) {
  for (const std::string_view method : {"INVITE", "SUBSCRIBE", "REFER", "NOTIFY"})
    if (request.method() == method) return true;
  // 16.6 step 4: what is not known may form a dialog.
  return !is_known_method(request.method());
}

std::string RecordRoute::value(const Request& request, std::string_view request_uri, Protocol protocol,
                               const std::optional<Peer>& recipient, Ends ends) const {
  ValueReader routes(request.message, HeaderName::route);
  bool is_secure = is_sips(request_uri);
  while (const auto route = routes.next())
    if (const auto parsed = NameAddr::parse(*route); parsed && !domain_.owns(parsed->uri)) {
      is_secure = is_secure || is_sips(parsed->uri.text);
      break;
    }
  const std::string_view scheme = is_secure ? "sips" : "sip";
  const MandatoryHeaders& headers = request.headers;
  const std::string to_recipient = token_.seal(recipient, scope(request, headers.to.uri, ends.recipient));
  const std::string to_sender =
      token_.seal(sender(request, domain_), scope(request, headers.from.uri, ends.sender));
  return "<" + domain_.route(scheme, protocol, to_recipient) + ">, <" +
         domain_.route(scheme, request.from.endpoint.protocol, to_sender) + ">";
}

std::optional<std::string> RecordRoute::restored(const MessageView& request) const {
  if (request.request_uri().find(FlowToken::prefix) == std::string_view::npos) return std::nullopt;
  const auto target = Uri::parse(request.request_uri());
  if (!target || !domain_.owns(*target) || !FlowToken::is_token(target->user)) return std::nullopt;
  std::vector<std::string_view> values;
  ValueReader routes(request, HeaderName::route);
  while (const auto value = routes.next()) values.push_back(*value);
  if (values.empty()) return std::nullopt;
  const auto last = NameAddr::parse(values.back());
  if (!last || (domain_.owns(last->uri) && FlowToken::is_token(last->uri.user))) return std::nullopt;
  // It stays in front, to be looked at and taken off like any Route of ours.
  std::string route = "<" + std::string(target->text) + ">";
  values.pop_back();
  for (const std::string_view value : values) route.append(", ").append(value);
  return MessageEdit(request).request_uri(last->uri.text).replace(HeaderName::route, route).write();
}

std::optional<RecordRoute::Passage> RecordRoute::passage(const Request& request) const {
  if (request.headers.to.tag().empty()) return std::nullopt;
  std::vector<std::string_view> tokens;
  ValueReader routes(request.message, HeaderName::route);
  while (const auto value = routes.next()) {
    const auto route = NameAddr::parse(*value);
    if (!route || !domain_.owns(route->uri)) break;
    if (FlowToken::is_token(route->uri.user)) tokens.push_back(route->uri.user);
  }
  if (tokens.empty()) return std::nullopt;
  auto recipient = open(tokens.back(), request, request.headers.to.uri);
  if (!recipient) return Passage{};
  Passage passage{.is_genuine = true, .to = std::move(recipient->peer), .recipient = recipient->party};
  if (tokens.size() < 2) return passage;
  const auto sender = open(tokens.front(), request, request.headers.from.uri);
  if (sender && sender->peer && is_from(*sender->peer, request.from)) passage.sender = sender->party;
  return passage;
}

std::optional<RecordRoute::End> RecordRoute::open(std::string_view token, const Request& request,
                                                  const Uri& end) const {
  for (const Party party : {Party::user, Party::client, Party::stranger})
    if (auto opened = token_.open(token, scope(request, end, party)))
      return End{std::move(opened->peer), party};
  return std::nullopt;
}

}  // namespace relay
