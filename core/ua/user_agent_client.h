#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/bearer.h"
#include "base/random.h"
#include "base/time.h"
#include "message/mandatory_headers.h"
#include "message/message_view.h"
#include "transaction/transaction_layer.h"
#include "transport/endpoint.h"
#include "ua/account.h"
#include "ua/client_authentication.h"
#include "ua/client_request.h"
#include "ua/request_builder.h"

namespace sip {

/// The UAC (RFC 3261 8.1): writes and signs requests, knows which have no final answer yet, and answers
/// challenges. What an answer means is for others to say.
class UserAgentClient {
 public:
  /// The account must be valid.
  UserAgentClient(const Account& account, Random random);

  /// Counts CSeq from that time on (8.1.1.5), unless it counts already.
  void start(UnixTime wall);

  /// The request as it goes out now, signed, with the next CSeq: a new transaction each (8.1.3.5).
  RequestBuilder::Request write(ClientRequest& request, Protocol protocol);
  /// It was sent in that transaction, and waits for its answer.
  void sent(TransactionId id, ClientRequest request) { pending_.emplace(id, std::move(request)); }
  /// The request of a transaction that has ended, if it still waited.
  std::optional<ClientRequest> take(TransactionId id);
  /// No answer can come any more.
  void forget_all() { pending_.clear(); }

  /// 18.1.2, 8.1.3.3: a response whose topmost Via is not ours, or not the only one, is not for us.
  bool is_ours(const MessageView& response, const MandatoryHeaders& headers) const;

  enum class Verdict : std::uint8_t {
    answered,      ///< the response says what became of the request
    again,         ///< a challenge that can be answered: to be written and sent once more
    token_needed,  ///< a REGISTER for which a bearer token is asked, and there is none that does (RFC 8898)
    refused,       ///< server and we don't agree on the password
    forged,        ///< it comes from who does not know the password: nothing it says counts (RFC 7616 3.5)
  };
  /// What the final response to a request says of who we are, and who answers.
  Verdict judge(ClientRequest& request, const MessageView& response, Protocol protocol);

  /// The bytes of a MESSAGE with that draft, measured on the request itself, of which nothing counts as sent.
  std::size_t size(const Draft& draft, std::string_view recipient, Protocol protocol) const;

  /// The Route of later MESSAGEs (RFC 3608 6.1).
  void service_route(ServiceRoute route) { builder_.service_route(std::move(route)); }

  const std::string& registrar() const { return builder_.registrar(); }
  const std::string& domain() const { return builder_.domain(); }
  const std::string& contact() const { return builder_.contact(); }

 private:
  Verdict challenged(ClientRequest& request, const MessageView& response, Protocol protocol);

  RequestBuilder builder_;
  ClientAuthentication authentication_;
  /// REGISTERs count by themselves: each is one more than the one before (10.2).
  std::uint32_t register_cseq_ = 0;
  std::uint32_t message_cseq_ = 0;
  std::unordered_map<TransactionId, ClientRequest> pending_;
};

}  // namespace sip
