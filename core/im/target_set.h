#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "message/message_view.h"

namespace sip {

/// Where one message may go (RFC 3261 8.1.3.4): the URI that it was written to, and those that refusals of it
/// have named. Each is tried once.
class TargetSet {
 public:
  /// With the URI that it was written to. RFC 3261 has no limit; a way over more than five others is a
  /// mistake, and each may take the 32 seconds of Timer F while later messages wait.
  static constexpr std::size_t max_targets = 6;

  explicit TargetSet(std::string uri) : uris_{std::move(uri)} {}

  /// The Request-URI.
  const std::string& current() const { return uris_[current_]; }
  /// To be tried before those that are left. A URI that is known already is not added again.
  void add(const std::vector<std::string>& uris);
  /// Turns to the next one; false when there is none.
  bool turn_to_next();
  /// Forgets all but the first one, for another try of the whole.
  void reset();

 private:
  bool contains(std::string_view uri) const;

  std::vector<std::string> uris_;
  std::size_t current_ = 0;
};

/// The URIs that a refusal says to try in place of `target`, in their order: the Contacts of a 3xx (8.1.3.4),
/// and after a 416 to an im URI what it is in SIP (8.1.3.5). None of what can't be followed:
/// - 305 and 380, which name no other place of the person (21.3.4, 21.3.5);
/// - another scheme than sip and sips, and never from sips to sip, of which a person would have to be told;
/// - a URI for another method (19.1.5).
/// Headers in a URI are dropped, which 19.1.5 leaves open: whoever redirects may not write into the request.
std::vector<std::string> targets_of(const MessageView& response, std::string_view target);

}  // namespace sip
