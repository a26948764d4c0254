#include "logic/record_route.h"

#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/sha256.h"
#include "message/contact.h"
#include "message/message.h"
#include "message/method.h"

namespace relay {

using namespace sip;

namespace {

bool is_sips(std::string_view uri) { return equal_ignoring_case(uri.substr(0, 5), "sips:"); }

// The user part of a value is TOKEN - PARTY SIDE NAME PAIR.
constexpr std::size_t mark_length = 16;  // 64 bits, of what is signed with the token
constexpr std::size_t suffix_length = 3 + 2 * mark_length;
constexpr std::string_view party_letters = "suc";
constexpr std::string_view side_letters = "ab";  // who called whom

std::string mark_of(const std::string& name) { return sha256_hex(name).substr(0, mark_length); }

std::string suffix_of(Party party, char side, std::string_view name_mark) {
  std::string suffix = "-";
  suffix += party_letters[static_cast<std::size_t>(party)];
  suffix += side;
  return suffix.append(name_mark);
}

std::string name_of(std::string_view user, const LocalDomain& domain) {
  return "sip:" + std::string(user) + "@" + domain.name();
}

/// What a token is good for: the dialog, as far as it is known when it begins, and what the suffix tells.
std::string dialog_scope(const Request& request, std::string_view tag, std::string_view suffix) {
  std::string scope(request.headers.call_id);
  return scope.append("\n").append(tag).append("\n").append(suffix);
}

bool is_by_connection(const Peer& peer, const Peer& source) {
  return is_reliable(peer.endpoint.protocol) && peer.endpoint.protocol == source.endpoint.protocol &&
         peer.flow == source.flow;
}

/// What arrives from where `peer` is reached. An address may be used by several ports, and a server opens
/// connections as it likes; of our users the connection is known.
bool is_from(const Peer& peer, const Peer& source, Party party) {
  if (peer.endpoint.protocol != source.endpoint.protocol) return false;
  if (is_by_connection(peer, source)) return true;
  if (is_reliable(peer.endpoint.protocol) && party == Party::user) return false;
  return peer.endpoint.port != 0 && peer.endpoint.address == source.endpoint.address;
}

/// Where requests to the sender go. Its Contact tells the port on which it listens, where its address is the
/// one that it sends from; otherwise there is a NAT or a proxy in between, and only the same way leads back.
/// None: a proxy of somebody else has sent it, and decides for itself whether it will be on the way.
std::optional<Peer> sender(const Request& request, const LocalDomain& domain) {
  Peer peer = request.from;
  const Protocol protocol = peer.endpoint.protocol;
  if (is_websocket(protocol)) return peer;
  if (!is_first_hop(request) && !domain.owns(request.headers.from.uri)) return std::nullopt;
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

std::string RecordRoute::value(const Request& request, std::string_view request_uri, const Peer& next,
                               const std::optional<Peer>& recipient, const Ends& ends) const {
  ValueReader routes(request.message, HeaderName::route);
  bool is_secure = is_sips(request_uri);
  while (const auto route = routes.next())
    if (const auto parsed = NameAddr::parse(*route); parsed && !domain_.leads_here(parsed->uri)) {
      is_secure = is_secure || is_sips(parsed->uri.text);
      break;
    }
  const std::string_view scheme = is_secure ? "sips" : "sip";
  const auto caller = sender(request, domain_);
  const std::string of_callee = suffix_of(ends.recipient, side_letters[1], recipient_mark(request, ends));
  const std::string of_caller = suffix_of(ends.sender, side_letters[0], mark(request.headers.from.uri));
  // Values of two dialogs say nothing together, whatever tags and Call-IDs these have.
  const std::string pair =
      token_.mark(seal(recipient, request, of_callee) + "\n" + seal(caller, request, of_caller));
  return "<" + domain_.route(scheme, next, seal(recipient, request, of_callee + pair)) + ">, <" +
         domain_.route(scheme, request.from, seal(caller, request, of_caller + pair)) + ">";
}

std::optional<std::string> RecordRoute::restored(const MessageView& request) const {
  if (request.request_uri().find(FlowToken::prefix) == std::string_view::npos) return std::nullopt;
  const auto target = Uri::parse(request.request_uri());
  if (!target || !domain_.leads_here(*target) || !FlowToken::is_token(target->user)) return std::nullopt;
  std::vector<std::string_view> values;
  ValueReader routes(request, HeaderName::route);
  while (const auto value = routes.next()) values.push_back(*value);
  if (values.empty()) return std::nullopt;
  const auto last = NameAddr::parse(values.back());
  if (!last || (domain_.leads_here(last->uri) && FlowToken::is_token(last->uri.user))) return std::nullopt;
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
    if (!route || !domain_.leads_here(route->uri)) break;
    if (FlowToken::is_token(route->uri.user)) tokens.push_back(route->uri.user);
  }
  if (tokens.empty()) return std::nullopt;
  return passage_by(tokens, request);
}

RecordRoute::Passage RecordRoute::passage_by(const std::vector<std::string_view>& tokens,
                                             const Request& request) const {
  const NameAddr& from = request.headers.from;
  const NameAddr& to = request.headers.to;
  auto recipient = open(tokens.back(), request, to.tag(), from.tag());
  if (!recipient || tokens.size() > 2) return {};
  Passage passage{.is_genuine = true,
                  .to = std::move(recipient->peer),
                  .recipient = recipient->party,
                  .recipient_mark = std::string(recipient->name_mark)};
  if (tokens.size() < 2) return passage;
  const auto sender = open(tokens.front(), request, from.tag(), to.tag());
  if (!sender || sender->pair_mark != recipient->pair_mark || sender->side == recipient->side) return {};
  if (!sender->peer || !is_from(*sender->peer, request.from, sender->party)) return passage;
  // RFC 4916 4.7: the names may differ from those that the dialog began with.
  const bool is_same_name = sender->name_mark == mark(from.uri);
  (is_same_name ? passage.sender : passage.renamed_sender) = sender->party;
  passage.is_by_connection = is_by_connection(*sender->peer, request.from);
  return passage;
}

bool RecordRoute::leads_to(const Passage& passage, std::string_view user) const {
  return passage.recipient_mark == mark_of_user(user);
}

std::string RecordRoute::mark(const Uri& name) const {
  if (domain_.owns(name)) return mark_of_user(user_of(name));
  // Of a domain that is an address other ports are others'.
  return mark_of("elsewhere " + (name.is_sip() ? address_of_record(name) : std::string(name.text)));
}

std::string RecordRoute::mark_of_user(std::string_view user) const { return mark_of(name_of(user, domain_)); }

/// Whoever calls writes what they like into To: a name of ours is nobody's there.
std::string RecordRoute::recipient_mark(const Request& request, const Ends& ends) const {
  if (!ends.recipient_mark.empty()) return ends.recipient_mark;
  const Uri& name = request.headers.to.uri;
  return domain_.owns(name) ? mark_of({}) : mark(name);
}

std::string RecordRoute::seal(const std::optional<Peer>& peer, const Request& request,
                              const std::string& suffix) const {
  return token_.seal(peer, dialog_scope(request, request.headers.from.tag(), suffix)) + suffix;
}

/// For one end, which has that tag.
std::optional<RecordRoute::End> RecordRoute::open(std::string_view user, const Request& request,
                                                  std::string_view tag, std::string_view other_tag) const {
  if (user.size() <= suffix_length) return std::nullopt;
  const std::string_view suffix = user.substr(user.size() - suffix_length);
  const std::size_t party = party_letters.find(suffix[1]);
  const std::size_t side = side_letters.find(suffix[2]);
  if (party == std::string_view::npos || side == std::string_view::npos) return std::nullopt;
  const std::string_view known = Side{static_cast<std::uint8_t>(side)} == Side::caller ? tag : other_tag;
  auto opened =
      token_.open(user.substr(0, user.size() - suffix_length), dialog_scope(request, known, suffix));
  if (!opened) return std::nullopt;
  return End{std::move(opened->peer), Party{static_cast<std::uint8_t>(party)},
             Side{static_cast<std::uint8_t>(side)}, suffix.substr(3, mark_length),
             suffix.substr(3 + mark_length)};
}

}  // namespace relay
