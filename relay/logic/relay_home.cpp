// What the relay does for its own users: register them, find them, keep their messages.
#include <algorithm>
#include <utility>

#include "logic/relay.h"

namespace relay {

using namespace sip;

namespace {

/// For a full mailbox: its owner may come any time, its quota is no matter of seconds.
Answer mailbox_full() {
  return {.status = 480, .headers = {{HeaderName::retry_after, "3600"}}, .reason = "Mailbox Full"};
}

std::vector<Peer> targets(const std::vector<Binding>& bindings) {
  std::vector<Peer> peers;
  peers.reserve(bindings.size());
  for (const Binding& binding : bindings) peers.push_back(binding.target);
  return peers;
}

}  // namespace

void Relay::registered(Now now, const Request& request, const Fields& proof) {
  const std::string user = user_of(request.headers.to.uri);
  const std::vector<Peer> before = targets(location_.bindings(user));
  Answer answer = registrar_.process(now, request);
  const std::vector<Peer> after = targets(location_.bindings(user));
  // 20.6: in a 2xx only.
  if (answer.status < 300) answer.headers.insert(answer.headers.end(), proof.begin(), proof.end());
  respond(now, request, answer);
  if (answer.status >= 300 || after.empty()) return;
  const bool is_anew = std::any_of(after.begin(), after.end(), [&](const Peer& target) {
    return std::find(before.begin(), before.end(), target) == before.end();
  });
  mailbox_.registered(user, is_anew ? Mailbox::Reached::anew : Mailbox::Reached::again);
}

void Relay::deliver(Now now, const Request& request) {
  const auto recipient = targets_.recipient_of(*Uri::parse(request.message.request_uri()));
  if (!recipient) return refuse(now, request, {.status = 404});
  const bool may_be_kept = request.message.method() == "MESSAGE";
  if (may_be_kept && mailbox_.is_loading(recipient->user)) {
    // No store lets more wait: the disk has hung.
    if (waiting_.size() >= max_waiting) return refuse(now, request, Answer::later(500));
    const JobId job = jobs_.draw();
    wait(job, Waiting::Question::what_waits_before_it, request);
    mailbox_.wait_for_load(recipient->user, job);
  } else if (!may_be_kept || !mailbox_.has_messages(recipient->user) ||
             !keep(now, now.wall, request, recipient->user)) {
    deliver_to_targets(now, request, *recipient);
  }
}

void Relay::deliver_to_targets(Now now, const Request& request, const Recipient& recipient) {
  auto targets = targets_.targets_of(recipient, request);
  if (!targets.empty()) {
    const Ends both = ends(request, Party::user, mark_of(request, recipient));
    for (Target& target : targets) target.ends = both;
    // By Timer F the sender of what is stored then would have given up, and sent it again (RFC 4321 1.1).
    const bool can_be_kept =
        keeps_messages_of(sender_of(request)) && mailbox_.would_keep(now, request, proxy_.patience());
    const auto when_silent = can_be_kept ? Proxy::WhenSilent::give_up : Proxy::WhenSilent::wait;
    const auto forwarded = proxy_.forward(now, request, std::move(targets), 480, when_silent);
    if (const auto* answer = std::get_if<Answer>(&forwarded)) refuse(now, request, *answer);
  } else if (settings_.authenticate) {
    ask(request, Waiting::Question::does_the_recipient_exist, recipient.user);
  } else {
    refuse(now, request, {.status = 480});
  }
}

void Relay::ask(const Request& request, Waiting::Question question, std::string user) {
  const JobId job = jobs_.draw();
  wait(job, question, request);
  outputs_.emplace_back(FindUser{job, std::move(user), domain_.name()});
}

void Relay::wait(JobId job, Waiting::Question question, const Request& request) {
  layer_.note(request.transaction, job);
  if (request.message.method() == "INVITE") ++waiting_invites_;
  waiting_.emplace(job,
                   Waiting{question, request.transaction, request.from, std::string(request.message.text())});
}

std::optional<Relay::Waiting> Relay::take_waiting(JobId job) {
  auto node = waiting_.extract(job);
  if (node.empty()) return std::nullopt;
  if (node.mapped().text.starts_with("INVITE ")) --waiting_invites_;
  return std::move(node.mapped());
}

void Relay::answer(Now now, JobId job, const UserFound& user) {
  location_.expire(now.mono);
  if (const auto waiting = take_waiting(job)) {
    const auto kept = KeptRequest::read(waiting->text);
    found(now, kept->as(waiting->transaction, waiting->from), waiting->question, user);
  }
  pump(now);
}

void Relay::found(Now now, const Request& request, Waiting::Question question, const UserFound& user) {
  const bool is_sender = question == Waiting::Question::who_sent_it;
  if (user.failed && is_sender) return answer_anybody(now, request, Answer::later(500));
  if (user.failed) return refuse(now, request, Answer::later(500));
  if (is_sender) return authenticated(now, request, user);
  const auto recipient = targets_.recipient_of(*Uri::parse(request.message.request_uri()));
  // Registered in the meantime.
  if (recipient && !targets_.targets_of(*recipient, request).empty()) return deliver(now, request);
  // Strangers, who may be anybody, are not told which users exist.
  if (!user.digest)
    return refuse(now, request, {.status = sender_of(request) == Sender::stranger ? 480 : 404});
  if (!recipient || !keep(now, now.wall, request, recipient->user)) refuse(now, request, {.status = 480});
}

/// A stranger is who has neither a password nor a trusted server to answer for them.
Sender Relay::sender_of(const Request& request) const {
  const bool is_known = domain_.owns(request.headers.from.uri) || trust_.sent(request.from);
  return is_known ? Sender::known : Sender::stranger;
}

bool Relay::keeps_messages_of(Sender sender) const {
  return sender == Sender::known || settings_.keeps_messages_of == Settings::KeepsMessagesOf::everyone;
}

/// RFC 3428 7. False for what is not kept, and has no answer yet.
bool Relay::keep(Now now, UnixTime received, const Request& request, const std::string& user) {
  const Sender sender = sender_of(request);
  if (!keeps_messages_of(sender)) return false;
  // What could not be forwarded later must not be answered 202 now.
  if (const auto refusal = proxy_.refusal(request)) {
    refuse(now, request, *refusal);
    return true;
  }
  const auto job = mailbox_.keep(now, received, request, sender, user);
  if (job) wait(*job, Waiting::Question::is_it_kept, request);
  return job.has_value();
}

void Relay::answer(Now now, JobId job, Stored outcome) {
  location_.expire(now.mono);
  if (const auto waiting = take_waiting(job)) {
    const auto kept = KeptRequest::read(waiting->text);
    const Request request = kept->as(waiting->transaction, waiting->from);
    switch (outcome) {
      case Stored::stored:
      case Stored::repeat: respond(now, request, {.status = 202}); break;
      case Stored::full: respond(now, request, mailbox_full()); break;
      case Stored::failed: respond(now, request, Answer::later(500)); break;
    }
  }
  mailbox_.stored(job, outcome);
  pump(now);
}

void Relay::answer(Now now, JobId job, const Loaded& loaded) {
  location_.expire(now.mono);
  for (const JobId held : mailbox_.loaded(now, job, loaded)) {
    const auto waiting = take_waiting(held);
    if (!waiting) continue;
    const auto kept = KeptRequest::read(waiting->text);
    deliver(now, kept->as(waiting->transaction, waiting->from));
  }
  if (const auto departure = mailbox_.outbox().next_departure())
    leave(now, KeptRequest::read(*departure)->as(TransactionId::none, {}));
  pump(now);
}

/// What came back of something forwarded: for the mailbox, into the mailbox, or back to the sender.
void Relay::concluded(Now now, Proxy::Outcome&& outcome) {
  if (mailbox_.concluded(now, outcome)) return;
  answered_upstream(now, outcome);
  if (outcome.is_unreachable) {
    const auto kept = KeptRequest::read(outcome.request);
    const Request request = kept->as(outcome.forwarded, outcome.from);
    // What follows a Path or a Record-Route went to no user of ours, and nobody has shown who sent it.
    const bool is_home = admission_of(request).role == Role::home;
    const auto recipient =
        is_home ? targets_.recipient_of(*Uri::parse(request.message.request_uri())) : std::nullopt;
    if (recipient && keep(now, outcome.received, request, recipient->user)) return;
  }
  // RFC 4320 4.2: without any response there is nothing to say.
  if (!outcome.response) return layer_.abandon(outcome.forwarded);
  outputs_.emplace_back(Progress{.step = Progress::Step::answered_there,
                                 .transaction = outcome.forwarded,
                                 .status = outcome.response->status});
  layer_.respond(now, outcome.forwarded, outcome.response->status, std::move(outcome.response->text));
}

}  // namespace relay
