#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "message/mandatory_headers.h"
#include "message/message_view.h"
#include "transaction/transaction_layer.h"
#include "transport/endpoint.h"

namespace relay {

/// A request with its server transaction, borrowed for as long as one input is dealt with.
struct Request {
  sip::TransactionId transaction;
  sip::Peer from;  ///< where it came from
  const sip::MessageView& message;
  const sip::MandatoryHeaders& headers;
};

/// Reads a request again that was kept as text. Borrows the text.
class KeptRequest {
 public:
  /// None where the text is no request.
  static std::optional<KeptRequest> read(std::string_view text);
  /// Borrows from this.
  Request as(sip::TransactionId transaction, const sip::Peer& from) const {
    return {transaction, from, message_, headers_};
  }

 private:
  KeptRequest(const sip::MessageView& message, const sip::MandatoryHeaders& headers)
      : message_(message), headers_(headers) {}

  sip::MessageView message_;
  sip::MandatoryHeaders headers_;
};

/// Whether we are the first hop of its: no proxy of others is in between (one Via).
bool is_first_hop(const Request& request);

using Fields = std::vector<std::pair<sip::HeaderName, std::string>>;

/// A response of the relay's own.
struct Answer {
  int status = 200;
  Fields headers = {};
  std::string_view reason = {};  ///< a literal; empty: the usual phrase

  /// What to say to an overloaded or storeless moment (RFC 3261 20.33).
  static Answer later(int status) {
    return {.status = status, .headers = {{sip::HeaderName::retry_after, "5"}}};
  }
};

}  // namespace relay
