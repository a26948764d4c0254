// What the relay does with requests to elsewhere, of its users and across the edge: find the servers, and go
// there.
#include <algorithm>
#include <utility>

#include "logic/relay.h"

namespace relay {

using namespace sip;

namespace {

/// What to say where the servers of a domain are not known.
Answer no_servers(ServerLocation::Outcome outcome) {
  switch (outcome) {
    case ServerLocation::Outcome::asking:
    case ServerLocation::Outcome::located:
    // RFC 3261 21.4.5: of a domain that is nobody's, and it stays so.
    case ServerLocation::Outcome::nowhere: return {.status = 404, .reason = "No Server for That Domain"};
    // 16.7 step 6: a 503 would speak of this relay.
    case ServerLocation::Outcome::failed: return Answer::later(500);
    case ServerLocation::Outcome::unsupported:
      return {.status = 501, .reason = "No Such Transport to Other Domains"};
  }
  return {.status = 500};
}

}  // namespace

void Relay::leave(Now now, const Request& request) {
  const std::string text = RequestForwarding::onward_uri(request);
  const auto uri = Uri::parse(text);
  const auto next_hop = forwarding_.next_hop(request, *uri);
  if (!next_hop) return stays(now, request, {.status = 400, .reason = "Bad Route"});
  if (!next_hop->is_sip()) return stays(now, request, {.status = 416});
  const std::string* upstream = edge_.upstream_of_named(*next_hop);
  if (!upstream) return go_by(now, request, *uri, *next_hop, Outbound::Lead::request);
  go_by(now, request, *uri, *Uri::parse(*upstream), Outbound::Lead::settings);
}

/// To the server of the client's domain, or that which it has named for its clients, and nowhere else,
/// whatever the Route says: who the client is, and where else they may send to, that server alone can tell.
/// It is a loose router, so that nothing is added to the Route (RFC 3261 16.6 step 6).
void Relay::ascend(Now now, const Request& request) {
  const std::string text = RequestForwarding::onward_uri(request);
  const auto uri = Uri::parse(text);
  const bool is_registration = request.message.method() == "REGISTER";
  const std::string* upstream = edge_.upstream_of(is_registration ? *uri : request.headers.from.uri);
  // In a dialog a client may go by another name.
  if (!upstream) return refuse(now, request, {.status = 403, .reason = "No Server for the Sender"});
  const Uri server = *Uri::parse(*upstream);
  const Uri next_hop = service_routes_.followed(request, *upstream).value_or(server);
  const bool is_its_host = ServerLocation::target_of(next_hop) == ServerLocation::target_of(server);
  go_by(now, request, *uri, next_hop, is_its_host ? Outbound::Lead::settings : Outbound::Lead::request);
}

/// RFC 5626 5.3.1. To an upstream that knows of no other flow, 430 says nothing: the client is not there.
void Relay::descend(Now now, const Request& request) {
  const auto descent = edge_.descent(request);
  follow(now, request, descent->to, Party::client, descent->is_outbound ? 430 : 480);
}

/// What the mailbox itself sends nobody waits for: it is tried again.
void Relay::stays(Now now, const Request& request, const Answer& answer) {
  const bool is_own = request.transaction == TransactionId::none && request.message.method() == "MESSAGE";
  is_own ? mailbox_.could_not_leave(now) : refuse(now, request, answer);
}

void Relay::go_by(Now now, const Request& request, const Uri& request_uri, const Uri& next_hop,
                  Outbound::Lead lead) {
  if (outbound_.begin(now, request, request_uri, next_hop, lead) == Outbound::Begun::too_many)
    return stays(now, request, Answer::later(503));
  pump_outbound(now);
}

void Relay::answer(Now now, JobId job, const DnsAnswer& answer) {
  location_.expire(now.mono);
  const auto lookup = lookups_.extract(job);
  if (lookup.empty()) return;
  outbound_.answer(now, lookup.mapped(), answer);
  pump_outbound(now);
  pump(now);
}

void Relay::pump_outbound(Now now) {
  while (auto question = outbound_.next_question()) {
    const JobId job = jobs_.draw();
    lookups_.emplace(job, *question);
    outputs_.emplace_back(LookUp{job, *std::move(question)});
  }
  while (const auto departure = outbound_.next_departure()) depart(now, *departure);
}

bool Relay::may_go_to(const Outbound::Departure& departure, const Peer& server) const {
  // A domain that leads back here is none of ours, or it would not have left.
  if (domain_.listens_on(server.endpoint)) return false;
  // Whoever has an account, or a DNS, would speak to what listens for this machine alone.
  return departure.lead == Outbound::Lead::settings || configured_.contains(server.endpoint) ||
         trust_.receives(server) || domain_.may_be_led_to(server.endpoint.address);
}

void Relay::depart(Now now, const Outbound::Departure& departure) {
  const auto kept = KeptRequest::read(departure.text);
  const Request request = kept->as(departure.transaction, departure.from);
  std::vector<Peer> servers = departure.location.servers();
  std::erase_if(servers, [&](const Peer& server) { return !may_go_to(departure, server); });
  if (servers.empty()) return stays(now, request, no_servers(departure.location.outcome()));
  for (Peer& server : servers) {
    server.name = configured_.identity(server);
    domain_.give_flow(server);
  }
  failures_.put_last(now.mono, servers);
  const Peer first = std::move(servers.front());
  servers.erase(servers.begin());
  Target target{departure.request_uri, first, {}, std::move(servers)};
  target.ends = ends(request, Party::stranger);
  if (request.message.method() == "ACK") return send_statelessly(now, request, target);
  const auto forwarded = proxy_.forward(now, request, {std::move(target)}, 500);
  if (const auto* name = std::get_if<TransactionId>(&forwarded)) {
    if (departure.transaction == TransactionId::none) return mailbox_.outbox().forwarded(*name);
    upstream_passwords_.forwarded(*name, request);
    service_routes_.forwarded(*name, request);
  }
  if (const auto* answer = std::get_if<Answer>(&forwarded)) stays(now, request, *answer);
}

/// Guesses at a password are counted wherever it is judged.
void Relay::answered_upstream(Now now, const Proxy::Outcome& outcome) {
  const auto response = outcome.response ? std::string_view(outcome.response->text) : std::string_view();
  service_routes_.answered(outcome.forwarded, response);
  using Password = UpstreamPasswords::Verdict::Password;
  for (const auto& [user, from, password] : upstream_passwords_.answered(outcome.forwarded, response)) {
    switch (password) {
      case Password::right: limits_.right_password(now, from, user); break;
      case Password::wrong: limits_.wrong_password_elsewhere(now, from, user); break;
    }
  }
}

}  // namespace relay
