#include "logic/asserted_identity.h"

#include <algorithm>

#include "base/ascii.h"
#include "message/im_uri.h"

namespace relay {

using namespace sip;

namespace {

/// RFC 3323 4.2: Privacy is a list, in which semicolons stand; "none" stands alone. Of two fields the one
/// that wants privacy counts.
bool wants_no_privacy(const MessageView& message) {
  const auto is_other = [](const HeaderField& field) {
    return field.name == HeaderName::privacy && !equal_ignoring_case(field.value, "none");
  };
  const auto fields = message.fields();
  return message.count(HeaderName::privacy) > 0 && std::none_of(fields.begin(), fields.end(), is_other);
}

/// RFC 3325 9.1: of what this relay forwards, ACK, CANCEL and REGISTER have none.
bool may_assert(const MessageView& message) {
  return message.method() != "ACK" && message.method() != "CANCEL" && message.method() != "REGISTER";
}

}  // namespace

void AssertedIdentity::mark(MessageEdit& edit, const Request& request, const Peer& to) const {
  // RFC 3325 6: our users have one identity each, so that there is nothing to prefer.
  edit.remove(HeaderName::p_preferred_identity);
  const bool is_asserted = request.message.value(HeaderName::p_asserted_identity).has_value();
  if (is_asserted && may_stay(request.message, request.from, to)) return;
  const auto ours = trust_.receives(to) ? identity(request) : std::nullopt;
  if (ours) {
    edit.replace(HeaderName::p_asserted_identity, *ours);
  } else {
    edit.remove(HeaderName::p_asserted_identity);
  }
}

void AssertedIdentity::pass(MessageEdit& edit, const MessageView& response, const Peer& from,
                            const Peer& to) const {
  edit.remove(HeaderName::p_preferred_identity);
  if (!may_stay(response, from, to)) edit.remove(HeaderName::p_asserted_identity);
}

/// RFC 3325 5, 7. What leaves the trust domain is removed, whether or not "id" asks for that, which is the
/// operator's choice where nobody has asked; "none" forbids it.
bool AssertedIdentity::may_stay(const MessageView& message, const Peer& from, const Peer& to) const {
  return trust_.sent(from) && (trust_.receives(to) || wants_no_privacy(message));
}

/// RFC 3325 5. A request that is forwarded has been admitted: From in our domain was shown by a password, or
/// by our token in the dialog of whoever has shown it; but for what comes down the edge, and a REGISTER that
/// goes up: whose that is its To says, to a server that asks for another password.
std::string_view AssertedIdentity::user(const Request& request) const {
  const Uri& from = request.headers.from.uri;
  if (request.message.method() == "REGISTER") return {};
  if (senders_ != Senders::authenticated || !domain_.owns(from) || edge_.is_descent(request)) return {};
  const auto im = ImUri::parse(from.text);
  return im ? im->user : from.user;
}

std::optional<std::string> AssertedIdentity::identity(const Request& request) const {
  const std::string_view user = may_assert(request.message) ? this->user(request) : std::string_view();
  if (user.empty()) return std::nullopt;
  return "<sip:" + std::string(user) + "@" + domain_.name() + ">";
}

}  // namespace relay
