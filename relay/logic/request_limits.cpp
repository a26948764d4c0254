#include "logic/request_limits.h"

#include <algorithm>

#include "logic/source.h"

namespace relay {

using namespace sip;

namespace {

/// RFC 3261 20.33: whole seconds. None where there is nothing to wait for.
std::optional<Answer> refuse_for(Milliseconds wait, std::string_view reason) {
  if (wait == Milliseconds(0)) return std::nullopt;
  const auto seconds = std::chrono::ceil<Seconds>(wait).count();
  return Answer{
      .status = 503, .headers = {{HeaderName::retry_after, std::to_string(seconds)}}, .reason = reason};
}

bool is_message(const Request& request) { return request.message.method() == "MESSAGE"; }

/// In the table of messages, where sources are, too: no source has an @.
std::string name_of_user(const std::string& user) { return user + "@"; }

constexpr std::string_view too_many_messages = "Too Many Messages";

}  // namespace

void RequestLimits::allow(const Limits& limits) {
  messages_.allow(limits.messages);
  wrong_passwords_.allow(limits.wrong_passwords);
  wrong_passwords_of_source_.allow(limits.wrong_passwords_of_source);
}

std::optional<Answer> RequestLimits::refuse_claim(Now now, const Request& request,
                                                  const std::string& user) const {
  if (!is_registered_by(request.from, user)) {
    const auto source = source_of_stranger(request.from);
    Milliseconds wait{0};
    if (!source || !familiar_.has(user, *source)) wait = wrong_passwords_.wait(now.mono, user);
    if (source) wait = std::max(wait, wrong_passwords_of_source_.wait(now.mono, *source));
    if (auto refusal = refuse_for(wait, "Too Many Wrong Passwords")) return refusal;
  }
  if (!is_message(request)) return std::nullopt;
  return refuse_for(messages_.wait(now.mono, name_of_user(user)), too_many_messages);
}

void RequestLimits::wrong_password(Now now, const Request& request, const std::string& user) {
  wrong_passwords_.take(now.mono, user);
  if (const auto source = source_of_stranger(request.from))
    wrong_passwords_of_source_.take(now.mono, *source);
}

std::optional<Answer> RequestLimits::take_from_user(Now now, const Request& request,
                                                    const std::string& user) {
  if (const auto source = source_of_stranger(request.from)) familiar_.signed_in(now.mono, user, *source);
  return take_message(now, request, name_of_user(user));
}

std::optional<Answer> RequestLimits::take_from_stranger(Now now, const Request& request) {
  const auto source = source_of_stranger(request.from);
  return source ? take_message(now, request, *source) : std::nullopt;
}

bool RequestLimits::take_keep_alive(Now now, const Peer& from) {
  const auto source = source_of_stranger(from);
  if (!source) return true;
  if (keep_alives_.wait(now.mono, *source) > Milliseconds(0)) return false;
  keep_alives_.take(now.mono, *source);
  return true;
}

std::optional<Answer> RequestLimits::take_message(Now now, const Request& request,
                                                  const std::string& sender) {
  if (!is_message(request)) return std::nullopt;
  if (auto refusal = refuse_for(messages_.wait(now.mono, sender), too_many_messages)) return refusal;
  messages_.take(now.mono, sender);
  return std::nullopt;
}

std::optional<std::string> RequestLimits::source_of_stranger(const Peer& peer) const {
  return trust_.sent(peer) ? std::nullopt : source_of(peer.endpoint);
}

/// Over a connection of the user's alone: one with a path is that of a proxy, which others share.
bool RequestLimits::is_registered_by(const Peer& peer, const std::string& user) const {
  const auto& bindings = location_.bindings(user);
  return is_reliable(peer.endpoint.protocol) &&
         std::any_of(bindings.begin(), bindings.end(), [&](const Binding& binding) {
           return binding.target.flow == peer.flow && binding.path.values.empty();
         });
}

}  // namespace relay
