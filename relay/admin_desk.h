#pragma once

#include <string>
#include <unordered_set>

#include "admin/gate.h"
#include "admin/question.h"
#include "net/reactor.h"
#include "ops/http.h"
#include "store/credential_thread.h"
#include "store/mailbox_thread.h"

namespace relay {

/// Takes the operator's questions to whoever knows: the reactor, or the stores. On the reactor's thread.
class AdminDesk {
 public:
  /// All must outlive it; there may be no mailbox. `domain` is that whose users register here.
  AdminDesk(const AdminGate& gate, std::string domain, Reactor& reactor, CredentialThread& credentials,
            MailboxThread* mailbox)
      : gate_(gate),
        domain_(std::move(domain)),
        reactor_(reactor),
        credentials_(credentials),
        mailbox_(mailbox) {}

  void take(const HttpRequest& request, HttpReply reply);
  /// Does for each account that the command line has removed what is done for one that is removed here: its
  /// registrations end, and nothing waits for it.
  void end_removed();

 private:
  void end_all_but(const std::unordered_set<std::string>& accounts);
  void unregister(const std::string& user);
  void answer(const ListAccounts& question, const HttpReply& reply);
  void answer(const AddAccount& question, const HttpReply& reply);
  void answer(const SetPassword& question, const HttpReply& reply);
  void answer(const RemoveAccount& question, const HttpReply& reply);
  void answer(const ListRegistrations& question, const HttpReply& reply);
  void answer(const RemoveRegistrations& question, const HttpReply& reply);
  void answer(const CountMessages& question, const HttpReply& reply);
  void answer(const ListMessages& question, const HttpReply& reply);
  void answer(const DeleteMessage& question, const HttpReply& reply);
  void answer(const ListConnections& question, const HttpReply& reply);
  void answer(const CloseConnection& question, const HttpReply& reply);
  void answer(const FollowMessages& question, const HttpReply& reply);

  const AdminGate& gate_;
  std::string domain_;
  Reactor& reactor_;
  CredentialThread& credentials_;
  MailboxThread* mailbox_;
};

}  // namespace relay
