#include "ua/outbound_proxy_set.h"

#include <algorithm>

#include "base/ascii.h"

namespace sip {

OutboundProxySet::OutboundProxySet(const std::vector<std::string>& hosts, FlowRecovery recovery,
                                   Random random)
    : recovery_(recovery), random_(random) {
  for (const std::string& host : hosts) servers_.push_back({.host = host, .rests_until = {}});
  if (servers_.empty()) servers_.push_back({.host = {}, .rests_until = {}});
}

Milliseconds OutboundProxySet::failed(Instant now) {
  servers_[current_].has_failed = true;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    if (servers_[i].has_failed || is_resting(servers_[i], now)) continue;
    current_ = i;
    return Milliseconds(0);
  }
  for (Server& server : servers_) server.has_failed = false;
  return choose(now + back_off(), now);
}

/// The first that may be asked at that time, or else the one that may be soonest.
Milliseconds OutboundProxySet::choose(Instant at, Instant now) {
  const auto free_at = [&](const Server& server) { return std::max(server.rests_until.value_or(at), at); };
  const auto best = std::min_element(servers_.begin(), servers_.end(), [&](const Server& a, const Server& b) {
    return free_at(a) < free_at(b);
  });
  current_ = static_cast<std::size_t>(best - servers_.begin());
  return free_at(*best) - now;
}

void OutboundProxySet::succeeded() {
  failures_ = 0;
  for (Server& server : servers_) server.has_failed = false;
}

Milliseconds OutboundProxySet::forgive(Instant now) {
  succeeded();
  return choose(now, now);
}

Milliseconds OutboundProxySet::back_off() {
  // W = min(max-time, base-time * 2^consecutive-failures); the exponent is bounded lest the product wraps.
  const std::int64_t factor = std::int64_t{1} << std::min(failures_, 20U);
  const Milliseconds longest = std::min<Milliseconds>(recovery_.base_time * factor, recovery_.max_time);
  ++failures_;
  const auto half = static_cast<std::uint64_t>(longest.count() / 2);
  return longest - Milliseconds(static_cast<std::int64_t>(random_.below(half + 1)));
}

bool OutboundProxySet::has_alternative(Instant now) const {
  for (std::size_t i = 0; i < servers_.size(); ++i)
    if (i != current_ && !servers_[i].has_failed && !is_resting(servers_[i], now)) return true;
  return false;
}

std::optional<std::size_t> OutboundProxySet::find(const Uri& uri) const {
  const std::string host(uri.host);
  const std::string whole = uri.port ? host + ":" + std::to_string(*uri.port) : host;
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    const std::string& listed = servers_[i].host;
    if (equal_ignoring_case(listed, whole)) return i;
    // A URI without a port leaves it to the list; one with a port does not match a list that has another.
    const bool is_host = listed.size() > host.size() && listed[host.size()] == ':' &&
                         equal_ignoring_case(std::string_view(listed).substr(0, host.size()), host);
    if (!uri.port && is_host) return i;
  }
  return std::nullopt;
}

}  // namespace sip
