#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/time.h"
#include "im/inbox.h"
#include "im/messenger.h"
#include "message/mandatory_headers.h"
#include "message/message_view.h"
#include "transaction/stateless_uas.h"
#include "transaction/transaction_layer.h"
#include "ua/account.h"
#include "ua/waiting_requests.h"

namespace sip {

/// The UAS (RFC 3261 8.2): answers what others ask, at once or when the driver has opened what they sent.
class UserAgentServer {
 public:
  UserAgentServer(const Account& account, Timers timers, TransactionLayer& layer, Messenger& messenger,
                  Random random)
      : layer_(layer),
        messenger_(messenger),
        end_to_end_(account.end_to_end),
        patience_(WaitingRequests::patience(timers)),
        stateless_(random.split()),
        random_(random) {}

  /// A request that has the server transaction `id`.
  void receive(Now now, TransactionId id, const MessageView& request, const MandatoryHeaders& headers);
  /// 9.2: a CANCEL of something that has come, and that goes on as if nothing had: none of it is an INVITE.
  void cancel(Now now, const TransactionLayer::Received& received, const MessageView& request);
  /// The driver's answer to a question about a request; false when no request has asked that.
  bool answer(Now now, JobId job, Answer& answer);
  /// RFC 4320 4.1: 100, where a transaction still waits.
  void trying(Now now, TransactionId id);
  void advance(Now now);
  Deadline deadline() const { return waiting_.deadline(); }

  /// The answer to a request that gets no transaction (8.2.7); none where there must be none.
  std::optional<std::string> stateless_response(const MessageView& request, int status,
                                                std::string_view phrase = {}) const;
  /// 21.5.7: what is past a limit is refused where it can be answered; what is no SIP message is dropped.
  std::optional<std::string> answer_to_unreadable(std::string_view text, const Error& error) const;

 private:
  void process(Now now, const MessageView& request, const MandatoryHeaders& headers, WaitingRequest arrived);
  void resume(Now now, WaitingRequest waited);
  void resume_behind(Now now, const std::string& peer);
  void respond(Now now, const MessageView& request, const WaitingRequest& arrived,
               const Judgement& judgement);
  std::string draw_tag() { return random_.token(10); }

  TransactionLayer& layer_;
  Messenger& messenger_;
  EndToEnd end_to_end_;
  Milliseconds patience_;
  StatelessUas stateless_;
  Random random_;
  WaitingRequests waiting_;
};

}  // namespace sip
