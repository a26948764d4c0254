#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "logic/dns.h"
#include "logic/dns_cache.h"
#include "logic/request.h"
#include "logic/sender_shares.h"
#include "logic/server_location.h"
#include "logic/settings.h"

namespace relay {

/// Requests that leave our domain: each waits until it is known where its next hop is (RFC 3261 16.6 step 7).
class Outbound {
 public:
  /// That wait for the DNS. Past these a request gets 503, and past its sender's share of them. Each has less
  /// than 64 KiB, and an answer of the DNS takes seconds at most.
  static constexpr std::size_t max_waiting = 1000;
  /// What a proxy adds at most to a request on its way: a Via and the digits of Max-Breadth.
  static constexpr std::size_t added_size = 200;

  Outbound(const Settings& settings, const AssertedIdentity& identity, sip::Random random);

  /// A request with what has been found out.
  struct Departure {
    sip::TransactionId transaction;  ///< none: of an ACK
    sip::Peer from;
    SenderShares::Sender sender;
    std::string text;
    std::string request_uri;
    ServerLocation location;
    enum class Lead : std::uint8_t { request, settings };
    Lead lead;  ///< who has said where it goes
  };
  using Lead = Departure::Lead;
  enum class Begun : std::uint8_t { yes, too_many };
  /// `next_hop` is where RFC 3263 begins, by Route or Request-URI.
  Begun begin(sip::Now now, const Request& request, const sip::Uri& request_uri, const sip::Uri& next_hop,
              Lead lead);
  /// Settings::routes, from now on.
  void use(std::map<std::string, sip::Endpoint, std::less<>> routes) { routes_ = std::move(routes); }
  /// The same question is open once at a time, whoever asks.
  void answer(sip::Now now, const DnsQuestion& question, DnsAnswer answer);

  std::optional<DnsQuestion> next_question();
  std::optional<Departure> next_departure();
  /// The text of a request that still waits.
  const std::string* text_of(sip::TransactionId transaction) const;
  /// What came by a flow and still waits, and from whom.
  std::vector<std::pair<sip::TransactionId, sip::Peer>> waiting_by(sip::FlowId flow) const;
  /// Takes one back that still waits.
  std::optional<Departure> take(sip::TransactionId transaction);
  bool is_idle() const { return waiting_.empty(); }
  /// Adds those by which somebody waits.
  void collect_flows(std::unordered_set<sip::FlowId>& flows) const;

 private:
  const sip::Endpoint* route_to(const std::string& domain) const;
  ServerLocation locate(const Request& request, const sip::Uri& request_uri, const sip::Uri& next_hop);
  bool is_located(sip::Now now, ServerLocation& location);
  void go_on(sip::Now now, Departure departure);

  std::map<std::string, sip::Endpoint, std::less<>> routes_;
  bool speaks_udp_;
  sip::Random random_;
  DnsCache cache_;
  /// In the order in which they came; an ACK has no transaction to be known by.
  enum class Ticket : std::uint64_t {};
  using Waiting = std::map<Ticket, Departure>;
  Waiting::const_iterator find(sip::TransactionId transaction) const;
  Departure extract(Waiting::const_iterator waiting);
  std::uint64_t last_ticket_ = 0;
  Waiting waiting_;
  SenderShares places_;                               ///< in it
  std::map<DnsQuestion, std::vector<Ticket>> asked_;  ///< and who waits for the answer
  std::deque<DnsQuestion> questions_;
  std::deque<Departure> departures_;
};

}  // namespace relay
