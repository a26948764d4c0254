#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "logic/path.h"
#include "transaction/deadline_queue.h"
#include "transport/endpoint.h"

namespace relay {

/// One contact of one user (RFC 3261 10.3).
struct Binding {
  std::string contact;        ///< the Contact's URI: Request-URI of what is sent there
  std::string contact_value;  ///< the Contact as registered, without its expires parameter
  std::string instance;       ///< +sip.instance (RFC 5626 4.1), may be empty
  std::string reg_id;    ///< which of the instance's flows (RFC 5626 4.2); empty: the URI names the binding
  std::string gruu_key;  ///< in the temporary GRUUs of the instance (RFC 5627)
  Path path;             ///< whom requests must pass (RFC 3327)
  unsigned q_thousandths = 1000;  ///< how much the user likes to be reached here (RFC 3261 10.2.1.2)
  std::string call_id;            ///< of the REGISTER that wrote it
  std::uint32_t cseq = 0;         ///< likewise
  sip::Instant expires_at{};
  sip::Peer target;              ///< where requests go
  bool is_tied_to_flow = false;  ///< it ends with the flow (RFC 5626 6)
  /// Over UDP at another address than its REGISTER came from: nobody there has asked for anything.
  bool is_elsewhere = false;
};

/// Where each user can be reached (the location service of RFC 3261 10.1). Lives in memory: a client
/// registers again with its next connection.
class Location {
 public:
  /// The bindings of a user; what has run out is gone after expire().
  const std::vector<Binding>& bindings(const std::string& user) const;
  /// Replaces all bindings of a user at once.
  void commit(const std::string& user, std::vector<Binding> bindings);
  /// Whose instance has that key; none once its last binding is gone (RFC 5627 5.3).
  const std::string* user_of_gruu(const std::string& key) const;
  void flow_closed(sip::FlowId flow);
  void expire(sip::Instant now);
  sip::Deadline deadline() const { return deadlines_.earliest(); }
  std::size_t size() const { return users_.size(); }
  const std::unordered_map<std::string, std::vector<Binding>>& users() const { return users_; }

 private:
  std::unordered_map<std::string, std::vector<Binding>> users_;
  std::unordered_map<std::string, std::string> users_of_gruu_;
  std::unordered_map<sip::FlowId, std::set<std::string>> users_of_flow_;
  sip::DeadlineQueue<std::string> deadlines_;
};

}  // namespace relay
