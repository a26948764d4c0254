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

std::string_view reason_for(const Request& request) {
  return is_message(request) ? "Too Many Messages" : "Too Many Requests";
}

}  // namespace

void RequestLimits::allow(const Limits& limits) {
  requests_.allow(limits.messages);
  wrong_passwords_.allow(limits.wrong_passwords);
  wrong_passwords_of_source_.allow(limits.wrong_passwords_of_source);
}

RequestLimits::Claim RequestLimits::claim(Now now, const Request& request, const std::string& user) const {
  if (is_registered_by(request.from, user)) return {};
  const std::string_view reason = "Too Many Wrong Passwords";
  const auto source = source_of_stranger(request.from);
  const Milliseconds for_source =
      source ? wrong_passwords_of_source_.wait(now.mono, *source) : Milliseconds(0);
  const bool is_familiar = source && familiar_.has(user, *source);
  const Milliseconds for_user = is_familiar ? Milliseconds(0) : wrong_passwords_.wait(now.mono, user);
  const bool is_shared = source && familiar_.knows(*source);
  // Where it may not be told how long a user has to wait, the source's time says nothing of that.
  if (is_shared && for_source > Milliseconds(0)) return {refuse_for(for_source, reason)};
  return {refuse_for(std::max(for_source, for_user), reason), !is_shared};
}

void RequestLimits::wrong_password(Now now, const Peer& from, const std::string& user) {
  if (wrong_passwords_.wait(now.mono, user) == Milliseconds(0)) wrong_passwords_.take(now.mono, user);
  wrong_password_from(now, from);
}

void RequestLimits::wrong_password_elsewhere(Now now, const Peer& from, const std::string& user) {
  wrong_passwords_.take(now.mono, user);
  wrong_password_from(now, from);
}

void RequestLimits::wrong_password_from(Now now, const Peer& from) {
  if (const auto source = source_of_stranger(from)) wrong_passwords_of_source_.take(now.mono, *source);
}

void RequestLimits::right_password(Now now, const Peer& from, const std::string& user) {
  if (const auto source = source_of_stranger(from)) familiar_.signed_in(now.mono, user, *source);
}

std::optional<Answer> RequestLimits::take_from_user(Now now, const Request& request,
                                                    const std::string& user) {
  right_password(now, request.from, user);
  return take(now, request, name_of_user(user));
}

std::optional<Answer> RequestLimits::take_from_stranger(Now now, const Request& request) {
  const auto source = source_of_stranger(request.from);
  return source ? take(now, request, *source) : std::nullopt;
}

bool RequestLimits::take_keep_alive(Now now, const Peer& from) {
  return take_datagram(now, from, keep_alives_);
}

bool RequestLimits::take_refusal(Now now, const Peer& from) { return take_datagram(now, from, refusals_); }

bool RequestLimits::take_datagram(Now now, const Peer& from, RateLimit& limit) const {
  const auto source = source_of_stranger(from);
  if (!source) return true;
  if (limit.wait(now.mono, *source) > Milliseconds(0)) return false;
  limit.take(now.mono, *source);
  return true;
}

std::optional<Answer> RequestLimits::take(Now now, const Request& request, const std::string& sender) {
  if (request.message.method() == "REGISTER") return std::nullopt;
  const std::string bucket = bucket_of(request, sender);
  auto refusal = refuse_for(requests_.wait(now.mono, bucket), reason_for(request));
  if (!refusal) requests_.take(now.mono, bucket);
  return refusal;
}

/// One for messages, and one for all other requests, which so keep out no message. What ends or only
/// acknowledges frees more than it takes, so that no other request may keep it out; but in a dialog that
/// passes here alone, and no more of it than of calls, or the device at the other end would be flooded.
/// Sources have neither @ nor +, and users are named with an @ behind.
std::string RequestLimits::bucket_of(const Request& request, const std::string& sender) const {
  if (is_message(request)) return sender;
  const std::string_view method = request.message.method();
  const bool is_follow_up = method == "BYE" || method == "PRACK" || method == "ACK";
  const auto passage = is_follow_up ? record_route_.passage(request) : std::nullopt;
  const bool is_in_dialog = passage && passage->is_genuine && (passage->sender || passage->renamed_sender);
  return sender + "+" + std::string(is_in_dialog ? method : std::string_view());
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
