#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transaction/transaction_layer.h"

namespace relay {

/// The branches of one forwarded request and the best response among theirs (RFC 3261 16.7, RFC 4320).
class ResponseContext {
 public:
  struct Response {
    int status = 0;
    std::string text;        ///< ready to be sent upstream
    std::string challenges;  ///< the fields of it that ask for credentials, each with its CRLF
  };

  void add_branch(sip::TransactionId client) { open_.push_back(client); }
  bool is_open() const { return !open_.empty(); }
  bool is_answered() const { return is_answered_; }

  /// A branch has its final response. Gives what is to be sent upstream now: a 2xx at once, else the best one
  /// once every branch has ended (16.7 steps 5 and 6).
  std::optional<Response> answered(sip::TransactionId client, Response response);
  /// A branch ends without a response.
  std::optional<Response> ended(sip::TransactionId client);

 private:
  std::optional<Response> close(sip::TransactionId client);

  std::vector<sip::TransactionId> open_;
  std::optional<Response> best_;
  std::string challenges_;  ///< of the responses that are not the best
  bool is_answered_ = false;
};

}  // namespace relay
