#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transaction/transaction_layer.h"

namespace relay {

/// Whether a status tells of a device that nobody reaches for now: 408, 480, 503 (RFC 3261 21.4.9, 21.4.18,
/// 21.5.4), 430 (RFC 5626 11.5).
bool is_unreachable(int status);
/// Whether a status may be another one later, as that of a device that is busy (486), has failed (5xx), or
/// has not forgotten yet that it was asked before (482). Any other 4xx and 6xx would be said again (RFC
/// 3261 21.4), and so would 513.
bool may_pass(int status);

/// The branches of one forwarded request and the best response among theirs (RFC 3261 16.7, RFC 4320).
class ResponseContext {
 public:
  enum class Kind : std::uint8_t { invite, other };
  explicit ResponseContext(Kind kind) : kind_(kind) {}

  struct Response {
    int status = 0;
    std::string text;        ///< ready to be sent upstream
    std::string challenges;  ///< the fields of it that ask for credentials, each with its CRLF
  };

  void add_branch(sip::TransactionId client) { open_.push_back(client); }
  /// Those without a final response.
  const std::vector<sip::TransactionId>& open() const { return open_; }
  bool is_open() const { return !open_.empty(); }
  bool is_answered() const { return is_answered_; }
  bool has_refusal() const { return best_.has_value(); }
  /// Whether no branch said anything but that nobody is to be reached there for now.
  bool is_unreachable() const { return is_unreachable_; }
  /// Whether a branch said what does not pass; and whether one said what may, or nothing.
  bool is_refused() const { return is_refused_; }
  bool is_missed() const { return is_missed_; }
  /// Whether further targets may be asked: nobody has taken the request, or refused it for all (16.7 step 5),
  /// or taken it back.
  bool may_fork() const { return may_fork_; }
  void cancelled() { may_fork_ = false; }

  /// A branch has its final response. Gives what is to be sent upstream now: a 2xx, of those to INVITE each,
  /// else the first (16.7 step 5).
  std::optional<Response> answered(sip::TransactionId client, Response response);
  /// Another branch has taken the place of one, which counts for nothing.
  void replaced(sip::TransactionId client);
  /// A branch ends without a response.
  void ended(sip::TransactionId client);
  /// What is to be sent upstream once every branch has ended (16.7 steps 6 and 7); none where that has been
  /// done, or nobody said anything.
  std::optional<Response> best();

 private:
  Kind kind_;
  std::vector<sip::TransactionId> open_;
  std::optional<Response> best_;
  std::string challenges_;  ///< of the responses that are not the best
  bool is_answered_ = false;
  bool is_unreachable_ = true;
  bool is_refused_ = false;
  bool is_missed_ = false;
  bool may_fork_ = true;
};

}  // namespace relay
