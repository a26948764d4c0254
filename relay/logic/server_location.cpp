#include "logic/server_location.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/ascii.h"
#include "logic/srv_selection.h"
#include "transport/size_rule.h"

namespace relay {

using namespace sip;

namespace {

std::string srv_name(Protocol protocol, const std::string& domain) {
  const std::string_view service = protocol == Protocol::tls ? "_sips." : "_sip.";
  return std::string(service) + (protocol == Protocol::udp ? "_udp." : "_tcp.") + domain;
}

/// Of the services of 4.1 those that this relay can use as a client; SIP+D2W (RFC 7118 5.5) is none of them.
std::optional<Protocol> protocol_of(const NaptrRecord& record) {
  const bool leads_to_srv = equal_ignoring_case(record.flags, "s") && record.regexp.empty();
  if (!leads_to_srv || record.replacement.empty()) return std::nullopt;
  if (equal_ignoring_case(record.service, "SIP+D2U")) return Protocol::udp;
  if (equal_ignoring_case(record.service, "SIP+D2T")) return Protocol::tcp;
  if (equal_ignoring_case(record.service, "SIPS+D2T")) return Protocol::tls;
  return std::nullopt;
}

std::string normal_name(std::string_view name) { return lower_case(without_final_dot(name)); }

}  // namespace

ServerLocation::ServerLocation(const Uri& uri, const Traits& traits, Random random)
    : domain_(target_of(uri)), traits_(traits), random_(random) {
  begin(uri);
}

ServerLocation::ServerLocation(std::vector<Peer> servers)
    : random_(Seed{}),
      outcome_(servers.empty() ? Outcome::nowhere : Outcome::located),
      servers_(std::move(servers)) {}

std::string ServerLocation::target_of(const Uri& uri) {
  return normal_name(uri.params.value("maddr").value_or(uri.host));
}

void ServerLocation::begin(const Uri& uri) {
  // 4: a SIPS resource is found as if by a SIPS URI (RFC 3261 16.6 step 7).
  traits_.is_sips = traits_.is_sips || equal_ignoring_case(uri.scheme, "sips");
  if (const auto named = uri.params.value("transport")) {
    const auto protocol = parse_protocol(*named);
    transport_ = protocol ? usable(*protocol) : std::nullopt;
    if (!transport_) {
      outcome_ = Outcome::unsupported;
      return;
    }
  }
  const Protocol protocol = transport_.value_or(default_protocol());
  const std::uint16_t port = uri.port.value_or(default_port(protocol));
  if (const auto address = IpAddress::parse(domain_)) {
    add_server(protocol, *address, port);
    finish();
  } else if (uri.port) {
    ask_addresses({{protocol, domain_, port}});
  } else if (transport_) {
    ask_candidates({{protocol, srv_name(protocol, domain_)}});
  }
}

/// RFC 3261 26.2.2: for SIPS, tcp means TLS over it, and nothing else will do.
std::optional<Protocol> ServerLocation::usable(Protocol named) const {
  switch (named) {
    case Protocol::udp: return traits_.is_sips || !traits_.speaks_udp ? std::nullopt : std::optional(named);
    case Protocol::tcp: return traits_.is_sips ? Protocol::tls : named;
    case Protocol::tls: return named;
    case Protocol::ws:
    case Protocol::wss: return std::nullopt;
  }
  return std::nullopt;
}

Protocol ServerLocation::default_protocol() const {
  if (traits_.is_sips) return Protocol::tls;
  return traits_.speaks_udp ? Protocol::udp : Protocol::tcp;
}

bool ServerLocation::avoids_datagrams() const { return !traits_.speaks_udp || traits_.size > max_safe_size; }

std::optional<DnsQuestion> ServerLocation::question() const {
  if (outcome_ != Outcome::asking) return std::nullopt;
  switch (step_) {
    case Step::naptr: return DnsQuestion{DnsType::naptr, domain_};
    case Step::srv: return DnsQuestion{DnsType::srv, candidates_.back().name};
    case Step::a: return DnsQuestion{DnsType::a, targets_.back().name};
    case Step::aaaa: return DnsQuestion{DnsType::aaaa, targets_.back().name};
  }
  return std::nullopt;
}

void ServerLocation::answer(const DnsAnswer& answer) {
  if (outcome_ != Outcome::asking) return;
  const bool leads_on = step_ == Step::naptr || step_ == Step::srv;
  if (leads_on && answer.status == DnsAnswer::Status::failed) {
    // To go on as if there were no records would let whoever suppresses them choose the transport.
    outcome_ = Outcome::failed;
    return;
  }
  switch (step_) {
    case Step::naptr: return take_naptrs(answer.naptrs);
    case Step::srv: return take_srvs(answer.srvs);
    case Step::a:
    case Step::aaaa: return take_addresses(answer);
  }
}

void ServerLocation::take_naptrs(const std::vector<NaptrRecord>& records) {
  struct Service {
    const NaptrRecord* record;
    Protocol protocol;
  };
  std::vector<Service> services;
  for (const NaptrRecord& record : records) {
    const auto protocol = protocol_of(record);
    // 4.1: for a SIPS URI only what has SIPS for its protocol.
    const bool is_fit = protocol && (*protocol == Protocol::tls || !traits_.is_sips) &&
                        (*protocol != Protocol::udp || traits_.speaks_udp);
    if (is_fit) services.push_back({&record, *protocol});
  }
  std::stable_sort(services.begin(), services.end(), [&](const Service& a, const Service& b) {
    const auto key = [&](const Service& each) {
      // 18.1.1 before the order of the domain.
      const bool is_last = each.protocol == Protocol::udp && avoids_datagrams();
      return std::tuple(is_last, each.record->order, each.record->preference);
    };
    return key(a) < key(b);
  });
  std::vector<Candidate> candidates;
  for (const Service& service : services) {
    if (candidates.size() == max_candidates) break;
    candidates.push_back({service.protocol, normal_name(service.record->replacement)});
  }
  follows_naptrs_ = !candidates.empty();
  ask_candidates(follows_naptrs_ ? std::move(candidates) : conventional_candidates());
}

/// 4.1: without NAPTR records, the SRV records of each transport.
std::vector<ServerLocation::Candidate> ServerLocation::conventional_candidates() const {
  std::vector<Protocol> protocols{Protocol::udp, Protocol::tcp, Protocol::tls};
  if (traits_.is_sips) {
    protocols = {Protocol::tls};
  } else if (!traits_.speaks_udp) {
    protocols = {Protocol::tcp, Protocol::tls};
  } else if (avoids_datagrams()) {
    // RFC 3261 18.1.1: servers for datagrams are tried by TCP first.
    protocols = {Protocol::tcp, Protocol::tls, Protocol::udp};
  }
  std::vector<Candidate> candidates;
  candidates.reserve(protocols.size());
  for (const Protocol protocol : protocols) candidates.push_back({protocol, srv_name(protocol, domain_)});
  return candidates;
}

void ServerLocation::ask_candidates(std::vector<Candidate> candidates) {
  candidates_ = std::move(candidates);
  std::reverse(candidates_.begin(), candidates_.end());
  step_ = Step::srv;
}

void ServerLocation::take_srvs(const std::vector<SrvRecord>& records) {
  std::vector<Target> targets;
  for (const SrvRecord& record : in_order(records, random_)) {
    const std::string name = normal_name(record.target);
    // RFC 2782: "." says that the service is decidedly not there.
    is_denied_ = is_denied_ || name.empty();
    if (!name.empty() && targets.size() < max_targets)
      targets.push_back({candidates_.back().protocol, name, record.port});
  }
  if (targets.empty()) return next_candidate();
  ask_addresses(std::move(targets));
}

void ServerLocation::next_candidate() {
  candidates_.pop_back();
  if (!candidates_.empty()) return;
  if (std::exchange(follows_naptrs_, false)) return ask_candidates(conventional_candidates());
  if (is_denied_) return finish();
  // 4.2: no SRV records. The domain itself may be the server.
  const Protocol protocol = transport_.value_or(default_protocol());
  ask_addresses({{protocol, domain_, default_port(protocol)}});
}

void ServerLocation::ask_addresses(std::vector<Target> targets) {
  targets_ = std::move(targets);
  std::reverse(targets_.begin(), targets_.end());
  step_ = Step::a;
}

void ServerLocation::take_addresses(const DnsAnswer& answer) {
  const Target& target = targets_.back();
  if (answer.status == DnsAnswer::Status::failed) ++failures_;
  for (const IpAddress& address : answer.addresses) add_server(target.protocol, address, target.port);
  if (step_ == Step::a) {
    step_ = Step::aaaa;
  } else {
    targets_.pop_back();
    step_ = Step::a;
  }
  if (targets_.empty() || failures_ >= max_failures || servers_.size() >= max_servers) finish();
}

void ServerLocation::add_server(Protocol protocol, const IpAddress& address, std::uint16_t port) {
  const Peer server{
      FlowId::none, {protocol, address, port}, protocol == Protocol::tls ? domain_ : std::string()};
  const bool is_known = std::find(servers_.begin(), servers_.end(), server) != servers_.end();
  // RFC 2782: port 0 is none.
  if (!is_known && port != 0 && servers_.size() < max_servers) servers_.push_back(server);
}

void ServerLocation::finish() {
  if (!servers_.empty()) {
    outcome_ = Outcome::located;
  } else {
    outcome_ = failures_ > 0 ? Outcome::failed : Outcome::nowhere;
  }
}

}  // namespace relay
