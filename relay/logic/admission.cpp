#include "logic/admission.h"

#include <algorithm>
#include <initializer_list>

#include "base/ascii.h"
#include "logic/path.h"
#include "message/im_uri.h"

namespace relay {

using namespace sip;

namespace {

/// 16.3 step 5, and 8.2.2.3 where the relay is the server itself.
std::optional<Answer> refuse_extensions(const Request& request, HeaderName name,
                                        std::initializer_list<std::string_view> supported) {
  std::string unsupported;
  ValueReader reader(request.message, name);
  while (const auto option = reader.next()) {
    const auto is_option = [&](std::string_view known) { return equal_ignoring_case(*option, known); };
    if (option->empty() || std::any_of(supported.begin(), supported.end(), is_option)) continue;
    if (!unsupported.empty()) unsupported += ", ";
    unsupported += *option;
  }
  if (unsupported.empty()) return std::nullopt;
  return Answer{.status = 420, .headers = {{HeaderName::unsupported, std::move(unsupported)}}};
}

Admission refuse(Answer answer) { return {.refusal = std::move(answer)}; }

/// It is for the registrar of another domain, who says all that is to be said about it but this.
Admission admit_registration_upstream(const Request& request) {
  if (request.headers.max_forwards == 0u) return refuse({.status = 483});
  // RFC 3327 5.2: there is no way to the client but by our Path.
  if (!lists_option(request.message, HeaderName::supported, "path"))
    return refuse({.status = 421, .headers = {{HeaderName::require, "path"}}});
  return {.role = Role::upstream, .must_authenticate = false};
}

Admission admit_registration(const Request& request, const Uri& target, const LocalDomain& domain,
                             EdgeProxy::Crossing crossing) {
  if (crossing == EdgeProxy::Crossing::up) return admit_registration_upstream(request);
  if (!domain.leads_here(target)) return refuse({.status = 403, .reason = "Not Our Domain"});
  if (auto refusal = refuse_extensions(request, HeaderName::require, {"outbound", "path", "gruu"}))
    return refuse(std::move(*refusal));
  // 10.3 step 5.
  const Uri& user = request.headers.to.uri;
  // 10.2: the address-of-record MUST be a SIP or SIPS URI (RFC 4475 3.3.4).
  if (!user.is_sip()) return refuse({.status = 400, .reason = "To Is No SIP URI"});
  if (!domain.owns(user) || user.user.empty()) return refuse({.status = 404});
  return {.role = Role::registrar, .must_authenticate = true};
}

/// Where the other end is in another domain nothing tells whether a request goes to it: it needs the
/// connection that has had a password, and the name, but for an ACK, which nobody can be asked for, and a
/// BYE, or a call would go on that nobody is in any more.
bool may_leave(const Request& request, const std::optional<RecordRoute::Passage>& passage,
               bool is_from_our_domain) {
  if (!passage || passage->sender != Party::user) return false;
  const std::string_view method = request.message.method();
  return method == "BYE" || method == "ACK" || (is_from_our_domain && passage->is_by_connection);
}

}  // namespace

std::optional<Answer> refuse_request_line(const MessageView& message) {
  // 7.1: SIP-Version is case-insensitive.
  if (!equal_ignoring_case(message.version(), "SIP/2.0")) return Answer{.status = 505};
  const auto target = Uri::parse(message.request_uri());
  if (!target && target.error().code == Errc::too_large) return Answer{.status = 414};
  if (!target) return Answer{.status = 400, .reason = "Bad Request-URI"};
  // RFC 3428 5: im URIs are left to the proxy by who can't resolve them.
  if (!target->is_sip() && !ImUri::parse(target->text)) return Answer{.status = 416};
  return std::nullopt;
}

Admission admit(const Request& request, const LocalDomain& domain,
                const std::optional<RecordRoute::Passage>& passage, Addressee addressee,
                EdgeProxy::Crossing crossing) {
  const MessageView& message = request.message;
  if (auto refusal = refuse_request_line(message)) return refuse(std::move(*refusal));
  const auto target = Uri::parse(message.request_uri());
  // 8.2.2.3: what a CANCEL requires is ignored.
  if (message.method() == "CANCEL") return refuse({.status = 481});
  if (auto refusal = refuse_extensions(request, HeaderName::proxy_require, {}))
    return refuse(std::move(*refusal));
  if (message.method() == "REGISTER") return admit_registration(request, *target, domain, crossing);

  const bool ends_here = domain.ends_here(*target);
  const bool is_ours = domain.serves_target(*target);
  const bool is_from_our_domain = domain.is_claimed_by(request.headers.from.uri);
  if (ends_here && user_of(*target).empty()) {
    if (auto refusal = refuse_extensions(request, HeaderName::require, {}))
      return refuse(std::move(*refusal));
    return {.role = Role::server, .must_authenticate = false};
  }
  // 21.4.5: a name of our host is no domain of users.
  if (ends_here && !is_ours) return refuse({.status = 404});
  // 16.3 step 3. The relay itself may answer an exhausted OPTIONS; what would be forwarded ends here.
  if (request.headers.max_forwards == 0u) return refuse({.status = 483});
  // RFC 5626 5.3.1.
  if (crossing == EdgeProxy::Crossing::forged) return refuse({.status = 403, .reason = "Not Our Path"});
  if (crossing == EdgeProxy::Crossing::down) return {.role = Role::client, .must_authenticate = false};
  if (passage && !passage->is_genuine) return refuse({.status = 403, .reason = "Not Our Record-Route"});
  const auto sender = passage ? passage->sender : std::nullopt;
  const auto party = sender || !passage ? sender : passage->renamed_sender;
  const bool must_authenticate = is_from_our_domain && !sender;
  const bool is_to_other_end = sender == Party::user && addressee == Addressee::other_end;
  if (is_ours) return {.role = Role::home, .must_authenticate = is_from_our_domain && !is_to_other_end};
  if (passage && passage->to) return {.role = Role::dialog, .must_authenticate = must_authenticate};
  if (is_from_our_domain || party == Party::user)
    return {.role = Role::outbound, .must_authenticate = !may_leave(request, passage, is_from_our_domain)};
  if (crossing == EdgeProxy::Crossing::up || party == Party::client)
    return {.role = Role::upstream, .must_authenticate = false};
  return refuse({.status = 403, .reason = "Relaying Denied"});
}

}  // namespace relay
