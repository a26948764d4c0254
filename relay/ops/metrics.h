#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "logic/relay.h"
#include "ops/gauges.h"

namespace relay {

/// Counts what the relay does, for Prometheus to read. Used by one thread. What happens for every message
/// finds its counter by position, never by its labels.
class Metrics {
 public:
  /// Requests that are under way at once and have their time measured; past it the oldest are not.
  static constexpr std::size_t max_timed = 32'768;

  explicit Metrics(const std::string& version);
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void flow_opened(sip::Protocol protocol);
  void progressed(sip::Now now, const Relay::Progress& progress);
  /// Somebody was turned away who had no request. `why` is a literal.
  void turned_away(std::string_view why);

  /// All of it, in Prometheus's text format 0.0.4.
  std::string text(const Gauges& gauges);

 private:
  using Counter = prometheus::Counter;
  using Gauge = prometheus::Gauge;
  /// Of a request that has not been answered.
  struct Timed {
    sip::TransactionId transaction = sip::TransactionId::none;
    sip::Instant since{};
    std::size_t method = 0;
  };
  /// Of MESSAGE: 202 apart from the other 2xx, then 3xx to 6xx.
  static constexpr std::array<std::string_view, 6> classes{"2xx", "202", "3xx", "4xx", "5xx", "6xx"};

  void take(sip::Now now, const Relay::Progress& progress);
  void answered(sip::Now now, const Relay::Progress& progress);
  void refused(int status, std::string_view reason);
  Gauge& gauge(const std::string& name, const std::string& help, const prometheus::Labels& labels = {});
  void set(const Gauges& gauges);

  prometheus::Registry registry_;
  std::vector<Timed> timed_;          ///< by transaction, modulo its size
  std::vector<Counter*> flows_;       ///< by Gauges::protocols
  std::vector<Counter*> requests_;    ///< by method
  std::vector<Counter*> here_;        ///< MESSAGE answered by the relay, by class
  std::vector<Counter*> there_;       ///< MESSAGE answered by a recipient, by class
  std::vector<Counter*> mailbox_;     ///< stored messages, by Mailbox::Outcome
  prometheus::Histogram* forwarded_;  ///< seconds until a recipient's answer to MESSAGE
  prometheus::Histogram* stored_;     ///< seconds until a 202 of our own
  prometheus::Family<Counter>* rejects_;
  std::map<std::pair<int, std::string_view>, Counter*> rejects_by_reason_;
  std::vector<Gauge*> connections_;  ///< by Gauges::protocols
  Gauge* slots_;
  Gauge* users_;
  Gauge* bindings_;
  Gauge* transactions_;
  Gauge* unwritten_;
  Gauge* account_questions_;
  Gauge* mailbox_questions_;
  Gauge* dns_questions_;
  Gauge* stored_messages_;
  Gauge* stored_bytes_;
  Gauge* draining_;
};

}  // namespace relay
