#pragma once

#include <string>
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

using Fields = std::vector<std::pair<sip::HeaderName, std::string>>;

/// A response of the relay's own.
struct Answer {
  int status = 200;
  Fields headers = {};
  std::string_view reason = {};  ///< a literal; empty: the usual phrase
};

}  // namespace relay
