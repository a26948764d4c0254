#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/random.h"
#include "logic/authenticator.h"
#include "logic/local_domain.h"
#include "logic/request.h"
#include "logic/response_context.h"
#include "logic/server_failures.h"
#include "transaction/transaction_layer.h"

namespace relay {

/// Forwards requests to one or more targets and brings the best response back (RFC 3261 16, stateful).
class Proxy {
 public:
  Proxy(const LocalDomain& domain, const Authenticator& authenticator, sip::TransactionLayer& layer,
        ServerFailures& failures, sip::Random random)
      : domain_(domain),
        authenticator_(authenticator),
        layer_(layer),
        failures_(failures),
        random_(random),
        loop_key_(random_.token(32)) {}

  struct Target {
    std::string request_uri;
    sip::Peer peer;
    std::string route = {};              ///< goes in front of the Route that the request has (RFC 3327 5.4)
    std::vector<sip::Peer> others = {};  ///< where to turn to next, in this order (RFC 3263 4.3)
    /// Whether there was one.
    bool turn_to_next();
  };
  /// Forwards to every target at once (16.6), or gives the answer when that is not possible. `unreachable` is
  /// the status to answer with when the best that comes back is that a target could not be reached. What is
  /// forwarded is known by its server transaction, or by a name of its own where it has none.
  std::variant<sip::TransactionId, Answer> forward(sip::Now now, const Request& request,
                                                   const std::vector<Target>& targets, int unreachable);

  /// What came of a forwarded request, for whoever sent it.
  struct Outcome {
    sip::TransactionId forwarded;
    std::optional<ResponseContext::Response> response;  ///< none: nothing came back from anywhere
    bool is_unreachable = false;  ///< no target is to be reached for now (is_unreachable())
    std::string request;          ///< as received, where it is unreachable
    sip::Peer from;               ///< likewise
  };

  /// The URI that leads a request out of our domain: its first Route to elsewhere, else its Request-URI (16.6
  /// step 7). Borrowed from these; none where a Route is malformed.
  std::optional<sip::Uri> next_hop(const Request& request, const sip::Uri& request_uri) const;

  /// A final response of one of our client transactions.
  std::optional<Outcome> response(sip::Now now, sip::TransactionId client, const sip::MessageView& response);
  /// A client transaction ended with Timer F, or its transport failed.
  std::optional<Outcome> timed_out(sip::Now now, sip::TransactionId client);
  std::optional<Outcome> transport_failed(sip::Now now, sip::TransactionId client);
  /// A request under way has waited for its answer long enough for a 100 (RFC 4320 4.1).
  void trying_due(sip::Now now, sip::TransactionId server);
  /// Whether nothing is forwarded that could still be answered.
  bool is_idle() const { return contexts_.empty(); }

 private:
  struct Context {
    ResponseContext responses;
    std::string request;  ///< as received, to answer it where no target can be reached
    sip::Peer from;       ///< of the request
    int unreachable_status = 480;
  };
  /// A request to one server, ready to be sent.
  struct Branch {
    Target target;
    unsigned breadth;
    std::string id;
    std::string text;
  };
  /// A client transaction that has other servers to turn to, should it fail.
  struct Attempt {
    Target target;
    unsigned breadth;
    bool is_heard = false;  ///< whether there was a provisional response
  };
  std::optional<Branch> prepared(const Request& request, Target target, unsigned breadth,
                                 std::string_view mark);
  sip::TransactionId send(sip::Now now, const Request& request, Context& context, Branch branch);
  void turn_to_next_server(sip::Now now, sip::TransactionId client);
  std::string forwarded(const Request& request, const Target& target, const std::string& via,
                        unsigned breadth) const;
  std::string loop_mark(const Request& request) const;
  bool is_loop(const Request& request, std::string_view mark) const;
  std::string own_response(const Context& context, int status);
  using Contexts = std::unordered_map<sip::TransactionId, Context>;
  Contexts::iterator take_context(sip::TransactionId client);
  std::optional<Outcome> conclude(Contexts::iterator context,
                                  std::optional<ResponseContext::Response> response);

  const LocalDomain& domain_;
  const Authenticator& authenticator_;
  sip::TransactionLayer& layer_;
  ServerFailures& failures_;
  sip::Random random_;
  std::string loop_key_;
  Contexts contexts_;                                                      ///< by what forward() gave
  std::unordered_map<sip::TransactionId, sip::TransactionId> context_of_;  ///< by client transaction
  std::unordered_map<sip::TransactionId, Attempt> attempts_;               ///< by client transaction
};

}  // namespace relay
