// What the relay does with requests of its users to elsewhere: find the servers, and go there.
#include <algorithm>
#include <utility>

#include "logic/relay.h"
#include "message/im_uri.h"

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
  std::string text(request.message.request_uri());
  // RFC 3428 5: a SIP URI travels on, for the next proxy may not know im.
  if (const auto im = ImUri::parse(text)) text = as_sip_uri(*im);
  const auto uri = Uri::parse(text);
  const auto next_hop = forwarding_.next_hop(request, *uri);
  if (!next_hop) return respond(now, request, {.status = 400, .reason = "Bad Route"});
  if (!next_hop->is_sip()) return respond(now, request, {.status = 416});
  if (outbound_.begin(now, request, *uri, *next_hop) == Outbound::Begun::too_many)
    return respond(now, request, Answer::later(503));
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

void Relay::depart(Now now, const Outbound::Departure& departure) {
  const auto kept = KeptRequest::read(departure.text);
  const Request request = kept->as(departure.transaction, departure.from);
  std::vector<Peer> servers = departure.location.servers();
  // A domain that leads back here is none of ours, or it would not have left.
  std::erase_if(servers, [&](const Peer& server) { return domain_.listens_on(server.endpoint); });
  if (servers.empty()) return respond(now, request, no_servers(departure.location.outcome()));
  failures_.put_last(now.mono, servers);
  const Peer first = std::move(servers.front());
  servers.erase(servers.begin());
  const Target target{departure.request_uri, first, {}, std::move(servers)};
  if (request.message.method() == "ACK") return send_statelessly(request, target);
  const auto forwarded = proxy_.forward(now, request, {target}, 500);
  if (const auto* answer = std::get_if<Answer>(&forwarded)) respond(now, request, *answer);
}

}  // namespace relay
