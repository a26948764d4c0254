#include "logic/proxy.h"

#include <algorithm>

#include "base/hash.h"
#include "logic/max_breadth.h"
#include "message/message.h"
#include "transport/size_rule.h"

namespace relay {

using namespace sip;

namespace {

/// 16.6 step 3: what is counted down, and what a request without it starts with.
std::string next_max_forwards(const Request& request) {
  const auto received = request.headers.max_forwards;
  return std::to_string(received ? *received - 1 : 70);
}

std::optional<NameAddr> first_route(const MessageView& message) {
  ValueReader routes(message, HeaderName::route);
  const auto value = routes.next();
  if (!value) return std::nullopt;
  const auto route = NameAddr::parse(*value);
  return route ? std::optional<NameAddr>(*route) : std::nullopt;
}

bool is_challenge(const HeaderField& field) {
  return field.name == HeaderName::www_authenticate || field.name == HeaderName::proxy_authenticate;
}

/// 16.7 step 3: the response without our Via; none where no other is left, for it was meant for us.
std::optional<std::string> for_upstream(const MessageView& response) {
  ValueReader vias(response, HeaderName::via);
  vias.next();
  if (!vias.next()) return std::nullopt;
  return MessageEdit(response).remove_first(HeaderName::via).write();
}

}  // namespace

std::variant<TransactionId, Answer> Proxy::forward(Now now, const Request& request,
                                                   const std::vector<Target>& targets, int unreachable) {
  const std::string mark = loop_mark(request);
  if (is_loop(request, mark)) return Answer{.status = 482};
  const auto breadth = MaxBreadth::incoming(request.message);
  if (!breadth) return Answer{.status = 400, .reason = "Bad Max-Breadth"};
  // RFC 5393 5.3.3: every target is asked at once or none.
  const std::vector<unsigned> shares = breadth->divided(targets.size());
  if (shares.empty()) return Answer{.status = 440};
  std::vector<Branch> branches;
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (auto branch = prepared(request, targets[i], shares[i], mark)) branches.push_back(*std::move(branch));
  if (branches.empty()) return Answer{.status = 513};

  Context context{{}, std::string(request.message.text()), request.from, unreachable};
  TransactionId forwarded = request.transaction;
  for (Branch& branch : branches) {
    const TransactionId client = send(now, request, context, std::move(branch));
    // Its first branch names what has no server transaction.
    if (forwarded == TransactionId::none) forwarded = client;
    context_of_.emplace(client, forwarded);
  }
  contexts_.emplace(forwarded, std::move(context));
  return forwarded;
}

/// For the first of its servers that the request can be sent to.
std::optional<Proxy::Branch> Proxy::prepared(const Request& request, Target target, unsigned breadth,
                                             std::string_view mark) {
  for (;;) {
    const Protocol protocol = target.peer.endpoint.protocol;
    std::string id = std::string(branch_magic_cookie) + random_.token(12) + "-" + std::string(mark);
    const std::string via = "SIP/2.0/" + std::string(via_transport(protocol)) + " " +
                            domain_.sent_by(protocol) + ";branch=" + id +
                            (protocol == Protocol::udp ? ";rport" : "");
    std::string text = forwarded(request, target, via, breadth);
    // RFC 3428 8, RFC 3261 18.1.1: what may break on its way as a datagram is not sent as one.
    if (protocol != Protocol::udp || fits_datagram(text.size(), target.peer.endpoint))
      return Branch{std::move(target), breadth, std::move(id), std::move(text)};
    if (!target.turn_to_next()) return std::nullopt;
  }
}

TransactionId Proxy::send(Now now, const Request& request, Context& context, Branch branch) {
  const TransactionId client =
      layer_.request(now, branch.target.peer, branch.id, request.message.method(), std::move(branch.text));
  context.responses.add_branch(client);
  if (!branch.target.others.empty())
    attempts_.emplace(client, Attempt{std::move(branch.target), branch.breadth});
  return client;
}

/// RFC 3263 4.3, 16.6 step 7: the same request once more, with another branch.
void Proxy::turn_to_next_server(Now now, TransactionId client) {
  auto attempt = attempts_.extract(client);
  if (attempt.empty()) return;
  Target& target = attempt.mapped().target;
  failures_.note(now.mono, target.peer);
  target.turn_to_next();
  const auto context = contexts_.find(context_of_.at(client));
  const auto kept = KeptRequest::read(context->second.request);
  const Request request = kept->as(context->first, {});
  if (auto branch = prepared(request, std::move(target), attempt.mapped().breadth, loop_mark(request)))
    context_of_.emplace(send(now, request, context->second, *std::move(branch)), context->first);
}

bool Proxy::Target::turn_to_next() {
  if (others.empty()) return false;
  peer = std::move(others.front());
  others.erase(others.begin());
  return true;
}

std::string Proxy::forwarded(const Request& request, const Target& target, const std::string& via,
                             unsigned breadth) const {
  MessageEdit edit(request.message);
  edit.request_uri(target.request_uri)
      .prepend(HeaderName::via, via)
      .replace(HeaderName::max_forwards, next_max_forwards(request))
      .replace(HeaderName::max_breadth, std::to_string(breadth));
  // 16.4: a Route that led here has done its work.
  const auto route = first_route(request.message);
  const bool led_here = route && domain_.owns(route->uri);
  if (!target.route.empty() && led_here) {
    edit.replace_first(HeaderName::route, target.route);
  } else if (!target.route.empty()) {
    edit.prepend(HeaderName::route, target.route);
  } else if (led_here) {
    edit.remove_first(HeaderName::route);
  }
  // 22.3: credentials for other realms are for the proxies behind us.
  for (const HeaderField& field : request.message.fields())
    if (field.name == HeaderName::proxy_authorization && authenticator_.is_own_realm(field.value))
      edit.remove(field);
  return edit.write();
}

std::optional<Uri> Proxy::next_hop(const Request& request, const Uri& request_uri) const {
  ValueReader routes(request.message, HeaderName::route);
  while (const auto value = routes.next()) {
    const auto route = NameAddr::parse(*value);
    if (!route) return std::nullopt;
    if (!domain_.owns(route->uri)) return route->uri;
  }
  return request_uri;
}

std::optional<Proxy::Outcome> Proxy::response(Now now, TransactionId client, const MessageView& response) {
  // RFC 4320 4.1: provisional responses to a request other than INVITE are not passed on.
  if (response.status() < 200) {
    const auto attempt = attempts_.find(client);
    if (attempt != attempts_.end()) attempt->second.is_heard = true;
    return std::nullopt;
  }
  if (response.status() == 503) turn_to_next_server(now, client);
  const auto context = take_context(client);
  if (context == contexts_.end()) return std::nullopt;
  auto text = for_upstream(response);
  if (!text) return conclude(context, context->second.responses.ended(client));
  // 16.7 step 6: our client would take a 503 for our own and turn away from us.
  if (response.status() == 503) text = own_response(context->second, 500);
  ResponseContext::Response answer{response.status(), std::move(*text), {}};
  for (const HeaderField& field : response.fields())
    if (is_challenge(field)) answer.challenges += field.line;
  return conclude(context, context->second.responses.answered(client, std::move(answer)));
}

std::optional<Proxy::Outcome> Proxy::timed_out(Now now, TransactionId client) {
  // RFC 3263 4.3: whoever said something is there.
  const auto attempt = attempts_.find(client);
  if (attempt != attempts_.end() && !attempt->second.is_heard) turn_to_next_server(now, client);
  const auto context = take_context(client);
  if (context == contexts_.end()) return std::nullopt;
  return conclude(context, context->second.responses.ended(client));
}

std::optional<Proxy::Outcome> Proxy::transport_failed(Now now, TransactionId client) {
  turn_to_next_server(now, client);
  const auto context = take_context(client);
  if (context == contexts_.end()) return std::nullopt;
  // 16.9: a 503 among the responses of the branches; if it is the best of them, our client gets our own word.
  std::string text = own_response(context->second, context->second.unreachable_status);
  return conclude(context, context->second.responses.answered(client, {503, std::move(text), {}}));
}

void Proxy::trying_due(Now now, TransactionId server) {
  const auto context = contexts_.find(server);
  if (context != contexts_.end()) layer_.respond(now, server, 100, own_response(context->second, 100));
}

std::string Proxy::own_response(const Context& context, int status) {
  const auto request = MessageView::parse(context.request);
  return Message::response_to(*request, status, random_.token(10)).finish();
}

Proxy::Contexts::iterator Proxy::take_context(TransactionId client) {
  attempts_.erase(client);
  const auto node = context_of_.extract(client);
  return node.empty() ? contexts_.end() : contexts_.find(node.mapped());
}

std::optional<Proxy::Outcome> Proxy::conclude(Contexts::iterator context,
                                              std::optional<ResponseContext::Response> response) {
  const bool is_open = context->second.responses.is_open();
  // One that was answered lives on by itself.
  const bool is_silent = !is_open && !context->second.responses.is_answered();
  std::optional<Outcome> outcome;
  if (response || is_silent) outcome = Outcome{context->first, std::move(response), false, {}, {}};
  if (is_open) return outcome;
  if (outcome && context->second.responses.is_unreachable()) {
    outcome->is_unreachable = true;
    outcome->request = std::move(context->second.request);
    outcome->from = context->second.from;
  }
  contexts_.erase(context);
  return outcome;
}

std::string Proxy::loop_mark(const Request& request) const {
  const MandatoryHeaders& headers = request.headers;
  std::string text = loop_key_;
  // RFC 5393 4.2.1: it varies with what decides about the next hop, and not with the method.
  for (const std::string_view part :
       {request.message.request_uri(), headers.from.tag(), headers.to.tag(), headers.call_id})
    text.append(part).append("\n");
  for (const HeaderField& field : request.message.fields())
    if (field.name == HeaderName::route) text.append(field.value).append("\n");
  return sha256_hex(text + std::to_string(headers.cseq.number)).substr(0, 16);
}

/// 16.3 step 4: it has passed here with the same target before.
bool Proxy::is_loop(const Request& request, std::string_view mark) const {
  ValueReader vias(request.message, HeaderName::via);
  while (const auto value = vias.next()) {
    const auto via = Via::parse(*value);
    if (via && domain_.is_own_via(*via) && via->branch().ends_with(mark)) return true;
  }
  return false;
}

}  // namespace relay
