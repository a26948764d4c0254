// Response processing, Timer C and CANCEL (RFC 3261 16.7 to 16.10).
#include <algorithm>
#include <utility>

#include "logic/proxy.h"
#include "message/message.h"

namespace relay {

using namespace sip;

namespace {

bool is_challenge(const HeaderField& field) {
  return field.name == HeaderName::www_authenticate || field.name == HeaderName::proxy_authenticate;
}

/// TLS to an address alone nobody could vouch for (RFC 5922 7.3).
bool may_connect_again(Protocol protocol) { return protocol == Protocol::tcp; }

}  // namespace

std::optional<Proxy::Outcome> Proxy::response(Now now, TransactionId client, const Peer& from,
                                              const MessageView& response) {
  const auto branch = branches_.find(client);
  // What comes for a CANCEL of ours tells nothing.
  if (branch == branches_.end()) return std::nullopt;
  if (response.status() < 200) {
    provisional(now, branch, from, response);
    return std::nullopt;
  }
  const auto context = contexts_.find(branch->second.context);
  auto text = for_upstream(response, from, context->second);
  const bool is_accepted = context->second.is_invite && response.status() < 300;
  if (is_accepted && branch->second.state != Branch::State::accepted) {
    // RFC 6026 7.2: as long as the transaction takes further ones.
    branch->second.state = Branch::State::accepted;
    deadlines_.set(client, now.mono + timers_.timer_m());
  } else if (!is_accepted) {
    if (response.status() == 503) turn_to_next_server(now, context->second, branch->second);
    if (response.status() == 430 && replace_by_other_flow(now, context->second, branch)) return std::nullopt;
    end(client);
  }
  if (!text) {
    no_response(context, client, 408);
    return conclude(now, context, std::nullopt);
  }
  ResponseContext::Response answer = passed_on(response, *std::move(text), context->second);
  return conclude(now, context, context->second.responses.answered(client, std::move(answer)));
}

/// 16.7 steps 2 and 5.
void Proxy::provisional(Now now, Branches::iterator branch, const Peer& from, const MessageView& response) {
  branch->second.is_heard = true;
  const auto context = contexts_.find(branch->second.context);
  // RFC 4320 4.1: provisional responses to a request other than INVITE are not passed on.
  if (!context->second.is_invite) return;
  if (branch->second.state == Branch::State::to_be_cancelled) cancel(now, branch);
  if (response.status() == 100) return;
  if (branch->second.state == Branch::State::pending && context->second.targets.empty())
    deadlines_.set(branch->first, now.mono + timer_c);
  if (context->second.responses.is_answered()) return;
  auto text = for_upstream(response, from, context->second);
  if (text && has_room_for(context->second, text->size()))
    layer_.respond(now, context->first, response.status(), *std::move(text));
}

/// The server transaction keeps the last one to be sent again (17.2.1), and who rings may make it as long as
/// a message can be.
bool Proxy::has_room_for(Context& context, std::size_t provisional) {
  if (provisional <= context.provisional_bytes) return true;
  const std::size_t more = provisional - context.provisional_bytes;
  if (!kept_bytes_.has_room(context.sender, more)) return false;
  kept_bytes_.take(context.sender, more);
  context.kept_bytes += more;
  context.provisional_bytes = provisional;
  return true;
}

std::optional<Proxy::Outcome> Proxy::timed_out(Now now, TransactionId client) {
  const auto branch = branches_.find(client);
  if (branch == branches_.end()) return std::nullopt;
  const auto context = contexts_.find(branch->second.context);
  // RFC 3263 4.3: whoever said something is there.
  if (!branch->second.is_heard) turn_to_next_server(now, context->second, branch->second);
  end(client);
  no_response(context, client, 408);
  return conclude(now, context, std::nullopt);
}

std::optional<Proxy::Outcome> Proxy::transport_failed(Now now, TransactionId client,
                                                      TransactionLayer::TransportFailed::Cause cause) {
  const auto branch = branches_.find(client);
  if (branch == branches_.end()) return std::nullopt;
  const auto context = contexts_.find(branch->second.context);
  if (branch->second.target.others.empty() && replace_by_other_flow(now, context->second, branch))
    return std::nullopt;
  const int own_word = failure_status(context->second, branch->second, cause);
  turn_to_next_server(now, context->second, branch->second);
  end(client);
  // 16.9: a 503 among the responses of the branches; if it is the best of them, our client gets our own word.
  ResponseContext::Response answer{own_word == 513 ? 513 : 503, own_response(context->second, own_word), {}};
  return conclude(now, context, context->second.responses.answered(client, std::move(answer)));
}

int Proxy::failure_status(const Context& context, const Branch& branch,
                          TransactionLayer::TransportFailed::Cause cause) {
  switch (cause) {
    // 21.5.4: for this request, not for a time.
    case TransactionLayer::TransportFailed::Cause::congested: return 503;
    case TransactionLayer::TransportFailed::Cause::unreachable: break;
  }
  // 18.1.1, RFC 3428 8: whom only datagrams reach may not get what is too large for one.
  return branch.target.is_moved_to_stream ? 513 : context.unreachable_status;
}

void Proxy::trying_due(Now now, TransactionId server) {
  const auto context = contexts_.find(server);
  if (context != contexts_.end()) layer_.respond(now, server, 100, own_response(context->second, 100));
}

std::optional<Proxy::Outcome> Proxy::cancel(Now now, TransactionId server, const Peer& from) {
  const auto context = contexts_.find(server);
  if (context == contexts_.end() || !context->second.is_invite) return std::nullopt;
  // 22.1: it can't be challenged, and so has to come from where the INVITE came.
  if (context->second.from.endpoint.address != from.endpoint.address) return std::nullopt;
  context->second.responses.cancelled();
  return conclude(now, context, std::nullopt);
}

template <class Matches>
std::vector<TransactionId> Proxy::calls(FlowId flow, Matches matches) const {
  std::vector<TransactionId> found;
  auto at = invites_.lower_bound({flow, TransactionId::none});
  for (; at != invites_.end() && at->first == flow; ++at) {
    const Context& context = contexts_.at(at->second);
    if (!context.responses.is_answered() && matches(context)) found.push_back(at->second);
  }
  return found;
}

std::vector<TransactionId> Proxy::calls_by(FlowId flow) const {
  return calls(flow, [](const Context&) { return true; });
}

/// 18.2.2: wherever they go, the flow is that of the request.
std::vector<TransactionId> Proxy::calls_answered_at(const Peer& peer) const {
  return calls(peer.flow, [&](const Context& context) { return context.answers_to == peer; });
}

std::optional<Proxy::Outcome> Proxy::flow_lost(Now now, TransactionId server) {
  const auto context = contexts_.find(server);
  if (context == contexts_.end()) return std::nullopt;
  if (!may_connect_again(context->second.from.endpoint.protocol)) return caller_lost(now, server);
  // 18.2.2: who listens for connections gets responses by another one. Whether they do, a 100 shows.
  layer_.respond(now, server, 100, own_response(context->second, 100));
  return std::nullopt;
}

std::optional<Proxy::Outcome> Proxy::caller_lost(Now now, TransactionId server) {
  const auto context = contexts_.find(server);
  if (context == contexts_.end()) return std::nullopt;
  context->second.responses.cancelled();
  return conclude(now, context, std::nullopt);
}

std::optional<Proxy::Outcome> Proxy::advance(Now now) {
  while (const auto client = deadlines_.pop_due(now.mono)) {
    const auto branch = branches_.find(*client);
    if (branch == branches_.end()) continue;
    if (auto outcome = time_over(now, branch)) return outcome;
  }
  return std::nullopt;
}

std::optional<Proxy::Outcome> Proxy::time_over(Now now, Branches::iterator branch) {
  const TransactionId client = branch->first;
  const auto context = contexts_.find(branch->second.context);
  const Branch::State state = branch->second.state;
  if (!context->second.is_invite) {
    branch->second.is_overdue = true;
  } else if (state == Branch::State::pending) {
    // 16.8: Timer C, or there is somebody else to ask (16.10). What has not said a word yet ends by Timer B.
    cancel(now, branch);
  } else {
    // 16.8, 9.1: nobody will answer any more.
    if (state != Branch::State::accepted) layer_.abandon(client);
    end(client);
    if (state != Branch::State::accepted)
      no_response(context, client, state == Branch::State::cancelled ? 487 : 408);
  }
  return conclude(now, context, std::nullopt);
}

/// 16.10, 9.1: not before there was a provisional response, and 64*T1 later it is over in any case.
void Proxy::cancel(Now now, Branches::iterator branch) {
  branch->second.state = Branch::State::to_be_cancelled;
  if (!layer_.cancel(now, branch->first)) return;
  branch->second.state = Branch::State::cancelled;
  deadlines_.set(branch->first, now.mono + 64 * timers_.t1);
}

void Proxy::collect_flows(std::unordered_set<FlowId>& flows) const {
  for (const auto& [name, context] : contexts_) flows.insert(context.from.flow);
  for (const auto& [client, branch] : branches_) flows.insert(branch.target.peer.flow);
}

void Proxy::cancel_pending(Now now, const Context& context) {
  for (const TransactionId client : context.responses.open()) {
    const auto branch = branches_.find(client);
    if (branch->second.state == Branch::State::pending) cancel(now, branch);
  }
}

void Proxy::end(TransactionId client) {
  const auto branch = branches_.find(client);
  --contexts_.at(branch->second.context).branches;
  branches_.erase(branch);
  deadlines_.set(client, std::nullopt);
}

/// A branch has ended, and what that counts as for an INVITE (16.8); another request is just not answered.
void Proxy::no_response(Contexts::iterator context, TransactionId client, int status) {
  ResponseContext& responses = context->second.responses;
  if (!context->second.is_invite) return responses.ended(client);
  responses.answered(client, {status, own_response(context->second, status), {}});
}

/// RFC 4321 1.5: one silent branch must not hold back what others said until it is too late.
void Proxy::give_up_silent(Context& context) {
  const bool has_to_wait = context.when_silent == WhenSilent::wait;
  if (has_to_wait && !context.responses.has_refusal() && context.targets.empty()) return;
  const std::vector<TransactionId> open = context.responses.open();
  for (const TransactionId client : open) {
    const auto branch = branches_.find(client);
    if (!branch->second.is_overdue) continue;
    layer_.abandon(client);
    end(client);
    context.responses.ended(client);
  }
}

std::optional<Proxy::Outcome> Proxy::conclude(Now now, Contexts::iterator context,
                                              std::optional<ResponseContext::Response> response) {
  Context& kept = context->second;
  if (!kept.responses.may_fork()) {
    kept.targets.clear();
    // 16.7 steps 5 and 10. Nothing but INVITE can be cancelled (9.1).
    if (kept.is_invite) cancel_pending(now, kept);
  }
  // RFC 4321 1.1: who is asked from then on has hardly the time to answer before the sender's Timer F.
  if (!kept.is_invite && kept.has_sender && now.mono >= kept.best_by) kept.targets.clear();
  give_up_silent(kept);
  if (!kept.responses.is_open() && !kept.targets.empty()) turn_to_next_group(now, context);
  const bool is_open = kept.responses.is_open();
  if (!is_open && !response) response = kept.responses.best();
  const bool is_silent = !is_open && !kept.responses.is_answered();
  std::optional<Outcome> outcome;
  if (response || is_silent)
    outcome =
        Outcome{context->first, std::move(response), kept.responses.is_refused(), kept.responses.is_missed()};
  if (is_open || kept.branches > 0) return outcome;
  if (outcome && kept.responses.is_unreachable()) {
    outcome->is_unreachable = true;
    outcome->request = kept.request;
    outcome->from = kept.from;
    outcome->received = kept.received;
  }
  forget(context);
  return outcome;
}

void Proxy::forget(Contexts::iterator context) {
  kept_bytes_.give_back(context->second.sender, context->second.kept_bytes);
  invites_.erase({context->second.from.flow, context->first});
  contexts_.erase(context);
}

/// 16.7 step 3: the response without our Via; none where no other is left, for it was meant for us.
std::optional<std::string> Proxy::for_upstream(const MessageView& response, const Peer& from,
                                               const Context& context) const {
  ValueReader vias(response, HeaderName::via);
  vias.next();
  if (!vias.next()) return std::nullopt;
  MessageEdit edit(response);
  edit.remove_first(HeaderName::via);
  // Not by where the request went: whoever it was passed on to has read our branch.
  identity_.pass(edit, response, from, context.from);
  authenticator_.withhold(edit, response);
  return edit.write();
}

/// What a final response is to our client, `text` being its for_upstream().
ResponseContext::Response Proxy::passed_on(const MessageView& response, std::string text,
                                           const Context& context) {
  const int status = response.status();
  ResponseContext::Response answer{status, std::move(text), {}};
  bool is_withheld = false;
  for (const HeaderField& field : response.fields()) {
    if (!is_challenge(field)) continue;
    const bool is_own = authenticator_.is_own_realm(field.value);
    is_withheld = is_withheld || is_own;
    if (!is_own) answer.challenges += field.line;
  }
  // 21.4.4: who asks for nothing but a password of our realm is shown none, whoever asks again.
  const bool asks = status == 401 || status == 407;
  if (asks && is_withheld && answer.challenges.empty()) return {403, own_response(context, 403), {}};
  // 16.7 step 6: our client would take a 503 for our own and turn away from us.
  if (status == 503) answer.text = own_response(context, 500);
  // RFC 5626 11.5: endpoints should never receive a 430.
  if (status == 430) answer.text = own_response(context, context.unreachable_status);
  return answer;
}

std::string Proxy::own_response(const Context& context, int status) {
  const auto request = MessageView::parse(context.request);
  return Message::response_to(*request, status, random_.token(10)).finish();
}

}  // namespace relay
