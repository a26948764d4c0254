#include "admin_desk.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "admin/answer.h"

namespace relay {
namespace {

HttpAnswer as_answer(const StoreError& error) {
  switch (error.reason) {
    case StoreError::Reason::exists: return admin_error(409, error.message);
    case StoreError::Reason::missing: return admin_error(404, error.message);
    case StoreError::Reason::failed: return admin_error(503, error.message);
  }
  return admin_error(500, error.message);
}

CredentialThread::ChangeReply when_changed(const HttpReply& reply) {
  return [reply](const std::optional<StoreError>& error) { reply(error ? as_answer(*error) : admin_done()); };
}

std::string address_of(const auto& account) { return account.user + "@" + account.domain; }

HttpAnswer accounts_failed() { return admin_error(503, "the accounts cannot be read"); }
HttpAnswer no_mailbox() { return admin_error(404, "there is no mailbox"); }
HttpAnswer mailbox_failed() { return admin_error(503, "the mailbox cannot be read or written"); }

}  // namespace

void AdminDesk::take(const HttpRequest& request, HttpReply reply) {
  if (auto refusal = gate_.refuse(request)) return reply(*std::move(refusal));
  const auto read = read_admin_question(request);
  if (const auto* wrong = std::get_if<HttpAnswer>(&read)) return reply(*wrong);
  if (request.method != "GET") spdlog::info("admin: {} {}", request.method, request.target);
  std::visit([&](const auto& question) { answer(question, reply); }, std::get<AdminQuestion>(read));
}

void AdminDesk::answer(const ListAccounts&, const HttpReply& reply) {
  credentials_.list([reply](const std::variant<std::vector<std::string>, StoreError>& listed) {
    const auto* accounts = std::get_if<std::vector<std::string>>(&listed);
    reply(accounts ? accounts_answer(*accounts) : as_answer(std::get<StoreError>(listed)));
  });
}

/// What waits for an earlier owner of the name must be gone before anybody can sign in by it.
void AdminDesk::answer(const AddAccount& question, const HttpReply& reply) {
  const auto add = [this, question, reply] {
    credentials_.add(question.user, question.domain, question.password, when_changed(reply));
  };
  if (!mailbox_) return add();
  const auto forgotten = [&reactor = reactor_, add, reply](bool is_done) {
    if (!is_done) return reply(mailbox_failed());
    reactor.post(add);  // the accounts' thread ends before the mailbox's, where this is called
  };
  const auto looked_up = [this, question, add, forgotten, reply](const CredentialStore::Found& found) {
    if (found.failed) return reply(accounts_failed());
    if (found.digest) return add();  // it is refused, and what waits stays
    mailbox_->forget_all(address_of(question), forgotten);
  };
  credentials_.find(question.user, question.domain, looked_up);
}

void AdminDesk::answer(const SetPassword& question, const HttpReply& reply) {
  credentials_.set_password(question.user, question.domain, question.password, when_changed(reply));
}

/// Whoever has the name next must neither get nor read what was meant for this one. The account goes first:
/// for one that there is, messages go on coming. Where that is all that was done, the next try does the rest.
void AdminDesk::answer(const RemoveAccount& question, const HttpReply& reply) {
  const auto removed = [this, question, reply](const std::optional<StoreError>& error) {
    const HttpAnswer answer = error ? as_answer(*error) : admin_done();
    if (error && error->reason != StoreError::Reason::missing) return reply(answer);
    if (question.domain == domain_) unregister(question.user);
    if (!mailbox_) return reply(answer);
    mailbox_->forget_all(address_of(question),
                         [reply, answer](bool is_done) { reply(is_done ? answer : mailbox_failed()); });
  };
  credentials_.remove(question.user, question.domain, removed);
}

/// From any thread.
void AdminDesk::unregister(const std::string& user) {
  reactor_.post([this, user] { reactor_.unregister(user); });
}

void AdminDesk::end_removed() {
  credentials_.list([this](const std::variant<std::vector<std::string>, StoreError>& listed) {
    const auto* accounts = std::get_if<std::vector<std::string>>(&listed);
    if (!accounts)
      return spdlog::error("whose account is gone cannot be read: {}", std::get<StoreError>(listed).message);
    const std::unordered_set<std::string> all(accounts->begin(), accounts->end());
    reactor_.post([this, all] { end_all_but(all); });
  });
}

/// Whoever is not among them may have been added, and signed in, since they were listed.
void AdminDesk::end_all_but(const std::unordered_set<std::string>& accounts) {
  std::vector<std::string> missing;
  for (const auto& [user, bindings] : reactor_.location().users())
    if (!accounts.contains(user + "@" + domain_)) missing.push_back(user);
  for (const std::string& user : missing) {
    const auto end = [this, user](const CredentialStore::Found& found) {
      if (found.failed || found.digest) return;
      const std::string address = user + "@" + domain_;
      spdlog::info("{} has no account any more, and is registered no more", address);
      unregister(user);
      const auto forgotten = [address](bool is_done) {
        if (!is_done) spdlog::error("the messages that wait for {} cannot be removed", address);
      };
      if (mailbox_) mailbox_->forget_all(address, forgotten);
    };
    credentials_.find(user, domain_, end);
  }
}

void AdminDesk::answer(const ListRegistrations&, const HttpReply& reply) {
  reply(registrations_answer(reactor_.location(), Reactor::now().mono));
}

void AdminDesk::answer(const RemoveRegistrations& question, const HttpReply& reply) {
  if (reactor_.location().bindings(question.user).empty())
    return reply(admin_error(404, "nobody of that name is registered"));
  reactor_.unregister(question.user);
  reply(admin_done());
}

void AdminDesk::answer(const CountMessages&, const HttpReply& reply) {
  if (!mailbox_) return reply(no_mailbox());
  mailbox_->count([reply](const std::optional<MailboxThread::Total>& total) {
    reply(total ? message_count_answer(total->messages, total->bytes) : mailbox_failed());
  });
}

void AdminDesk::answer(const ListMessages& question, const HttpReply& reply) {
  if (!mailbox_) return reply(no_mailbox());
  mailbox_->list(question.recipient, [reply](const std::optional<std::vector<MailboxStore::Summary>>& found) {
    if (!found) return reply(mailbox_failed());
    std::vector<MessageSummary> messages;
    for (const MailboxStore::Summary& each : *found)
      messages.push_back({each.number, each.size, each.expires_at});
    reply(messages_answer(messages));
  });
}

void AdminDesk::answer(const DeleteMessage& question, const HttpReply& reply) {
  if (!mailbox_) return reply(no_mailbox());
  mailbox_->remove(question.number, [reply](MailboxStore::Forgotten outcome) {
    switch (outcome) {
      case MailboxStore::Forgotten::forgotten: return reply(admin_done());
      case MailboxStore::Forgotten::missing: return reply(admin_error(404, "there is no such message"));
      case MailboxStore::Forgotten::failed: return reply(mailbox_failed());
    }
  });
}

void AdminDesk::answer(const ListConnections&, const HttpReply& reply) {
  std::vector<ConnectionSummary> summaries;
  for (const auto& [flow, connection] : reactor_.flows().connections())
    summaries.push_back({connection->peer(), connection->unwritten()});
  std::sort(summaries.begin(), summaries.end(),
            [](const auto& one, const auto& other) { return one.peer.flow < other.peer.flow; });
  reply(connections_answer(summaries));
}

void AdminDesk::answer(const CloseConnection& question, const HttpReply& reply) {
  const bool is_closed = reactor_.close(sip::FlowId{question.flow});
  reply(is_closed ? admin_done() : admin_error(404, "there is no such connection"));
}

void AdminDesk::answer(const FollowMessages& question, const HttpReply& reply) {
  reactor_.follow(question.call_ids);
  reply(admin_done());
}

}  // namespace relay
