#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/job_id.h"
#include "logic/relay.h"
#include "transport/endpoint.h"

namespace relay {

/// Logs each step of the messages with certain Call-IDs: what came, what the relay asked and was answered
/// about it, what it sent. Used by one thread.
class Trace {
 public:
  /// Those and no others.
  void follow(const std::vector<std::string>& call_ids);
  bool is_on() const { return !followed_.empty(); }

  /// An input of the relay begins. What the relay puts out until over() belongs to it.
  void received(const sip::Peer& from, std::string_view text);
  void answered(sip::JobId job);
  void over() { current_.clear(); }

  void sent(const sip::Peer& to, std::string_view text);
  /// `what` is a few words.
  void asked(sip::JobId job, std::string_view what);
  void progressed(const Relay::Progress& progress);

 private:
  std::string followed_call_id(std::string_view text) const;

  std::set<std::string, std::less<>> followed_;
  std::string current_;  ///< the Call-ID of the input; empty for one that is not followed
  std::unordered_map<sip::JobId, std::string> asked_;  ///< by whom, the Call-ID; until it is answered
};

}  // namespace relay
