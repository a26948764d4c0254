#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "logic/flow_token.h"
#include "logic/local_domain.h"
#include "logic/party.h"
#include "logic/request.h"

namespace relay {

/// Keeps the relay on the way of what follows in a dialog (RFC 3261 16.6 step 4). Each request that may form
/// one gets two values, one that its recipient sees first and one for its sender, so that each meets a
/// transport that it speaks (RFC 5658 in its way; RFC 7118 5). They hold a flow token, for who sits behind a
/// WebSocket or a NAT is reached by no other address (RFC 5626 5.3).
class RecordRoute {
 public:
  RecordRoute(const LocalDomain& domain, const FlowToken& token) : domain_(domain), token_(token) {}

  /// Whether a method may form a dialog. MESSAGE forms none (RFC 3428 4).
  static bool is_wanted(const sip::MessageView& request);
  /// The value of Record-Route for a request that is sent to `next`. `recipient` is who answers, where
  /// requests to them have to go the way that this one goes; none: theirs lead further, by Route and Contact.
  std::string value(const Request& request, std::string_view request_uri, const sip::Peer& next,
                    const std::optional<sip::Peer>& recipient, const Ends& ends) const;

  /// A request that was sent to a URI of ours by a strict router, as it was meant (16.4); none where it is no
  /// such request.
  std::optional<std::string> restored(const sip::MessageView& request) const;

  /// What a request within a dialog has in its first Routes, where these are values of ours.
  struct Passage {
    bool is_genuine = false;            ///< we have made it for this dialog and its recipient
    std::optional<sip::Peer> to = {};   ///< who is the recipient, if it names one
    Party recipient = Party::stranger;  ///< likewise
    /// None unless it comes from where it was made for, in the sender's name.
    std::optional<Party> sender = {};
    /// Likewise, in another name than the dialog began with (RFC 4916 4.3).
    std::optional<Party> renamed_sender = {};
    /// Whether the sender comes by the very connection that the dialog was formed on; otherwise from the same
    /// address, which others may have, too, or write into a datagram.
    bool is_by_connection = false;
    std::string recipient_mark = {};  ///< of the name that the recipient has had in the beginning
  };
  /// None where there are no values of ours, or the request is in no dialog.
  std::optional<Passage> passage(const Request& request) const;
  /// What a name is known by in our values. Our users have one name each, however it is written.
  std::string mark(const sip::Uri& name) const;
  std::string mark_of_user(std::string_view user) const;
  /// Whether its recipient is that user of ours.
  bool leads_to(const Passage& passage, std::string_view user) const;

 private:
  /// Whether an end has begun the dialog: then its own tag is known from the first, else that of the other.
  enum class Side : std::uint8_t { caller, callee };
  struct End {
    std::optional<sip::Peer> peer;
    Party party;
    Side side;
    std::string_view name_mark;  ///< of the name that it began the dialog with
    std::string_view pair_mark;  ///< the same in the value for the other end
  };
  std::string recipient_mark(const Request& request, const Ends& ends) const;
  std::string seal(const std::optional<sip::Peer>& peer, const Request& request,
                   const std::string& suffix) const;
  Passage passage_by(const std::vector<std::string_view>& tokens, const Request& request) const;
  std::optional<End> open(std::string_view user, const Request& request, std::string_view tag,
                          std::string_view other_tag) const;

  const LocalDomain& domain_;
  FlowToken token_;
};

}  // namespace relay
