#include "logic/outbound.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace relay {

using namespace sip;

namespace {

bool is_sips(const Uri& uri) { return equal_ignoring_case(uri.scheme, "sips"); }

/// By what they are `ranked`, the last ones go, with what they take.
template <class Record, class Rank>
void shorten(std::vector<Record>& records, Rank ranked) {
  if (records.size() <= DnsAnswer::max_records) return;
  std::stable_sort(records.begin(), records.end(),
                   [&](const Record& one, const Record& other) { return ranked(one) < ranked(other); });
  records.resize(DnsAnswer::max_records);
  records.shrink_to_fit();
}

}  // namespace

Outbound::Outbound(const Settings& settings, const AssertedIdentity& identity, Random random)
    : routes_(settings.routes),
      speaks_udp_(std::any_of(settings.listeners.begin(), settings.listeners.end(),
                              [](const Endpoint& each) { return each.protocol == Protocol::udp; })),
      random_(random),
      places_(max_waiting, identity, random_.split()) {}

Outbound::Begun Outbound::begin(Now now, const Request& request, const Uri& request_uri, const Uri& next_hop,
                                Lead lead) {
  Departure departure{request.transaction,
                      request.from,
                      places_.sender_of(request),
                      std::string(request.message.text()),
                      as_request_uri(request_uri),
                      locate(request, request_uri, next_hop),
                      route_to(ServerLocation::target_of(next_hop)) ? Lead::settings : lead};
  if (!is_located(now, departure.location) && !places_.has_room(departure.sender, 1)) return Begun::too_many;
  go_on(now, std::move(departure));
  return Begun::yes;
}

const Endpoint* Outbound::route_to(const std::string& domain) const {
  const auto route = routes_.find(domain);
  return route == routes_.end() ? nullptr : &route->second;
}

ServerLocation Outbound::locate(const Request& request, const Uri& request_uri, const Uri& next_hop) {
  const bool must_be_secure = is_sips(request_uri) || is_sips(next_hop);
  std::string domain = ServerLocation::target_of(next_hop);
  if (const Endpoint* endpoint = route_to(domain)) {
    const bool is_over_tls = endpoint->protocol == Protocol::tls;
    // RFC 3261 8.1.2: for SIPS, local policy too has to lead by TLS.
    if (must_be_secure && !is_over_tls) return ServerLocation(std::vector<Peer>());
    return ServerLocation({Peer{FlowId::none, *endpoint, is_over_tls ? std::move(domain) : std::string()}});
  }
  const std::size_t size = request.message.text().size() + added_size;
  return {next_hop, {.is_sips = must_be_secure, .speaks_udp = speaks_udp_, .size = size}, random_.split()};
}

/// By what the DNS has said before; else there is a question left.
bool Outbound::is_located(Now now, ServerLocation& location) {
  while (const auto question = location.question()) {
    const DnsAnswer* known = cache_.find(now.mono, *question);
    if (known == nullptr) return false;
    location.answer(*known);
  }
  return true;
}

void Outbound::go_on(Now now, Departure departure) {
  if (is_located(now, departure.location)) return departures_.push_back(std::move(departure));
  const DnsQuestion question = *departure.location.question();
  auto& askers = asked_[question];
  if (askers.empty()) questions_.push_back(question);
  const Ticket ticket{++last_ticket_};
  askers.push_back(ticket);
  places_.take(departure.sender, 1);
  waiting_.emplace(ticket, std::move(departure));
}

void Outbound::answer(Now now, const DnsQuestion& question, DnsAnswer answer) {
  const auto askers = asked_.extract(question);
  if (askers.empty()) return;
  shorten(answer.naptrs, [](const NaptrRecord& each) { return std::pair(each.order, each.preference); });
  shorten(answer.srvs, [](const SrvRecord& each) { return each.priority; });
  shorten(answer.addresses, [](const IpAddress&) { return 0; });
  cache_.keep(now.mono, question, answer);
  for (const Ticket ticket : askers.mapped()) {
    const auto waiting = waiting_.find(ticket);
    if (waiting == waiting_.end()) continue;  // taken back
    Departure departure = extract(waiting);
    departure.location.answer(answer);
    go_on(now, std::move(departure));
  }
}

std::optional<DnsQuestion> Outbound::next_question() {
  if (questions_.empty()) return std::nullopt;
  DnsQuestion question = std::move(questions_.front());
  questions_.pop_front();
  return question;
}

std::optional<Outbound::Departure> Outbound::next_departure() {
  if (departures_.empty()) return std::nullopt;
  Departure departure = std::move(departures_.front());
  departures_.pop_front();
  return departure;
}

const std::string* Outbound::text_of(TransactionId transaction) const {
  const auto found = find(transaction);
  return found == waiting_.end() ? nullptr : &found->second.text;
}

std::vector<std::pair<TransactionId, Peer>> Outbound::waiting_by(FlowId flow) const {
  std::vector<std::pair<TransactionId, Peer>> waiting;
  for (const auto& [ticket, departure] : waiting_)
    if (departure.from.flow == flow) waiting.emplace_back(departure.transaction, departure.from);
  return waiting;
}

std::optional<Outbound::Departure> Outbound::take(TransactionId transaction) {
  const auto found = find(transaction);
  if (found == waiting_.end()) return std::nullopt;
  return extract(found);
}

Outbound::Departure Outbound::extract(Waiting::const_iterator waiting) {
  places_.give_back(waiting->second.sender, 1);
  return std::move(waiting_.extract(waiting).mapped());
}

Outbound::Waiting::const_iterator Outbound::find(TransactionId transaction) const {
  return std::find_if(waiting_.begin(), waiting_.end(),
                      [&](const auto& entry) { return entry.second.transaction == transaction; });
}

void Outbound::collect_flows(std::unordered_set<FlowId>& flows) const {
  for (const auto& [ticket, departure] : waiting_) flows.insert(departure.from.flow);
}

}  // namespace relay
