// Request forwarding (RFC 3261 16.6). What comes back: proxy_responses.cpp.
#include "logic/proxy.h"

#include <algorithm>
#include <utility>

#include "message/message.h"
#include "transport/size_rule.h"

namespace relay {

using namespace sip;

namespace {

/// What a request and its transactions take at most: each target may be asked at once, and the transaction of
/// each keeps what it may send again.
std::size_t bytes_of(std::string_view text, const std::vector<Target>& targets) {
  return (1 + targets.size()) * (text.size() + TransactionLayer::fixed_bytes);
}

/// What a copy gets that its request has not, where Contact and Path are of the usual length.
constexpr std::size_t usual_growth = 2048;
constexpr std::size_t more_fields = 8;
/// Of what is no longer no copy is too long, whatever it gets.
constexpr std::size_t always_fits = 4096;

bool may_grow(const MessageView& message, std::size_t by) {
  return message.text().size() + by <= max_message_size &&
         message.fields().size() + more_fields <= max_header_fields;
}

Answer too_large() { return {.status = 513}; }

}  // namespace

std::optional<Answer> Proxy::refusal(const Request& request) const {
  if (!may_grow(request.message, usual_growth)) return too_large();
  return refusal(request, loops_.mark(request));
}

std::optional<Answer> Proxy::refusal(const Request& request, std::string_view mark) const {
  if (loops_.is_loop(request, mark)) return Answer{.status = 482};
  const auto breadth = MaxBreadth::incoming(request.message);
  if (!breadth) return Answer{.status = 400, .reason = "Bad Max-Breadth"};
  // RFC 5393 5.3.3: whatever is more than 0 does for one branch after the other.
  if (breadth->branches() == 0) return Answer{.status = 440};
  return std::nullopt;
}

std::variant<TransactionId, Answer> Proxy::forward(Now now, const Request& request,
                                                   std::vector<Target> targets, int unreachable,
                                                   WhenSilent when_silent) {
  const std::string mark = loops_.mark(request);
  if (auto answer = refusal(request, mark)) return *std::move(answer);
  const std::string_view text = request.message.text();
  if (outgrows_messages(request, targets)) return too_large();
  const SenderShares::Sender sender = kept_bytes_.sender_of(request);
  const std::size_t bytes = bytes_of(text, targets);
  if (!kept_bytes_.has_room(sender, bytes)) return Answer::later(503);
  std::stable_sort(targets.begin(), targets.end(),
                   [](const Target& a, const Target& b) { return a.q_thousandths > b.q_thousandths; });

  const bool is_invite = request.message.method() == "INVITE";
  Context context{ResponseContext(is_invite ? ResponseContext::Kind::invite : ResponseContext::Kind::other),
                  *MaxBreadth::incoming(request.message),
                  std::string(text),
                  sender,
                  request.from,
                  layer_.way_back(request.transaction).value_or(request.from),
                  unreachable,
                  is_invite,
                  when_silent,
                  std::move(targets),
                  now.wall,
                  now.mono + patience(),
                  request.transaction != TransactionId::none};
  // 17.2.1: a proxy takes longer than 200 ms, for people do. Other methods: RFC 4320 4.1.
  if (is_invite)
    layer_.respond(now, request.transaction, 100, Message::response_to(request.message, 100, {}).finish());
  TransactionId name = request.transaction;
  begin_group(now, request, mark, context, name);
  kept_bytes_.take(sender, bytes);
  context.kept_bytes = bytes;
  if (is_invite) invites_.emplace(request.from.flow, name);
  contexts_.emplace(name, std::move(context));
  return name;
}

/// Whether a copy is past a limit of messages: who gets it may end the connection, by which others have sent
/// something, too.
bool Proxy::outgrows_messages(const Request& request, const std::vector<Target>& targets) const {
  if (request.message.text().size() <= always_fits && may_grow(request.message, 0)) return false;
  const std::string branch(36, 'x');  // as long as those in prepared()
  return std::any_of(targets.begin(), targets.end(), [&](const Target& target) {
    return !MessageView::parse(forwarding_.copy(request, target, branch, MaxBreadth::largest));
  });
}

/// Asks the targets that come next, of which there are some. `name` is the context's; its first branch names
/// what has no server transaction.
void Proxy::begin_group(Now now, const Request& request, std::string_view mark, Context& context,
                        TransactionId& name) {
  std::vector<Target> group = take_group(context);
  // RFC 5393 5.3.3.1: those before have ended, and their share is free again.
  const std::vector<unsigned> shares = context.breadth.divided(group.size());
  // Until when others, or the mailbox, wait for one that says nothing. By Timer F nobody would hear of them
  // any more, and whoever is asked next needs time, too (RFC 4321 1.5).
  const bool is_last = context.targets.empty();
  const Instant patience = now.mono + timers_.timer_f() / 4;
  const bool has_company = !is_last || group.size() > 1 || context.responses.has_refusal() ||
                           context.when_silent == WhenSilent::give_up;
  for (std::size_t i = 0; i < group.size(); ++i) {
    Copy copy = prepared(now, request, std::move(group[i]), shares[i], mark);
    const TransactionId client = send(now, request, context, name, std::move(copy));
    if (name == TransactionId::none) name = client;
    branches_.at(client).context = name;
    if (!context.is_invite && has_company)
      wait_until(client, is_last ? std::max(patience, context.best_by) : patience);
  }
}

/// Those of the highest q, as many as Max-Breadth lets go at once: RFC 5393 5.3.3, the others follow them.
std::vector<Target> Proxy::take_group(Context& context) const {
  const auto most = static_cast<std::ptrdiff_t>(std::min(context.breadth.branches(), context.targets.size()));
  const auto end = std::find_if(
      context.targets.begin(), context.targets.begin() + most,
      [&](const Target& target) { return target.q_thousandths != context.targets.front().q_thousandths; });
  std::vector<Target> group(std::make_move_iterator(context.targets.begin()), std::make_move_iterator(end));
  context.targets.erase(context.targets.begin(), end);
  return group;
}

/// For the first of its servers that the request can be sent to.
Proxy::Copy Proxy::prepared(Now now, const Request& request, Target target, unsigned breadth,
                            std::string_view mark) {
  for (;;) {
    std::string branch = std::string(branch_magic_cookie) + random_.token(12) + "-" + std::string(mark);
    std::string text = forwarding_.copy(request, target, branch, breadth);
    const bool is_datagram = target.peer.endpoint.protocol == Protocol::udp;
    if (!is_datagram || target.is_tried_by_stream || fits_datagram(text.size(), target.peer.endpoint))
      return Copy{std::move(target), breadth, std::move(branch), std::move(text)};
    // RFC 3261 18.1.1: what may break on its way as a datagram goes by a connection, and only where nobody
    // takes that as a datagram all the same; a MESSAGE never does (RFC 3428 8).
    if (target.turn_to_connection()) continue;
    if (request.message.method() == "MESSAGE") {
      target.move_to_stream();
    } else {
      target.try_by_stream();
      // Nobody has to wait twice for a connection that nobody takes.
      if (failures_.has(now.mono, target.peer)) target.turn_to_next();
    }
  }
}

TransactionId Proxy::send(Now now, const Request& request, Context& context, TransactionId name, Copy copy) {
  const TransactionId client =
      layer_.request(now, copy.target.peer, copy.branch, request.message.method(), std::move(copy.text));
  context.responses.add_branch(client);
  ++context.branches;
  branches_.emplace(client, Branch{name, std::move(copy.target), copy.breadth});
  // 16.6 step 11.
  if (context.is_invite) deadlines_.set(client, now.mono + (context.targets.empty() ? timer_c : ring_time));
  return client;
}

void Proxy::wait_until(TransactionId client, Instant patience) {
  branches_.at(client).patience = patience;
  deadlines_.set(client, patience);
}

/// RFC 3263 4.3, 16.6 step 7: the same request once more, with another branch.
void Proxy::turn_to_next_server(Now now, Context& context, Branch& branch) {
  if (branch.target.others.empty()) return;
  failures_.note(now.mono, branch.target.peer);
  if (!context.responses.may_fork()) return;
  branch.target.turn_to_next();
  send_again(now, context, branch);
}

/// RFC 5626 7: where one flow of a device has failed, another one may not have. It takes the place of the
/// branch, as if that had not been.
bool Proxy::replace_by_other_flow(Now now, Context& context, Branches::iterator branch) {
  const TransactionId client = branch->first;
  const bool is_wanted = branch->second.state == Branch::State::pending && context.responses.may_fork();
  if (!is_wanted || !branch->second.target.turn_to_other_flow()) return false;
  send_again(now, context, branch->second);
  end(client);
  context.responses.replaced(client);
  return true;
}

void Proxy::send_again(Now now, Context& context, Branch& branch) {
  const auto kept = KeptRequest::read(context.request);
  const Request request = kept->as(branch.context, context.from);
  const Deadline patience = branch.patience;
  const TransactionId client =
      send(now, request, context, branch.context,
           prepared(now, request, std::move(branch.target), branch.breadth, loops_.mark(request)));
  // The sender's Timer F has run since the first server was asked (RFC 4321 1.1).
  if (patience) wait_until(client, *patience);
}

void Proxy::turn_to_next_group(Now now, Contexts::iterator context) {
  const auto kept = KeptRequest::read(context->second.request);
  TransactionId name = context->first;
  const Request request = kept->as(name, context->second.from);
  begin_group(now, request, loops_.mark(request), context->second, name);
}

}  // namespace relay
