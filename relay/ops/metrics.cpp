#include "ops/metrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <chrono>

#include "base/ascii.h"
#include "message/message.h"

namespace relay {

using namespace sip;
using prometheus::Labels;

namespace {

constexpr std::array<std::string_view, 15> methods{"MESSAGE", "REGISTER",  "OPTIONS", "INVITE",  "ACK",
                                                   "BYE",     "CANCEL",    "PRACK",   "UPDATE",  "INFO",
                                                   "REFER",   "SUBSCRIBE", "NOTIFY",  "PUBLISH", "other"};
constexpr std::size_t message_method = 0;

std::size_t index_of(std::string_view method) {
  const auto found = std::find(methods.begin(), methods.end() - 1, method);
  return static_cast<std::size_t>(found - methods.begin());
}

/// Of Metrics::classes.
std::size_t class_of(int status) {
  if (status < 300) return status == 202 ? 1 : 0;
  return static_cast<std::size_t>(std::min(status / 100, 6)) - 1;
}

/// As in the configuration.
std::string name_of(Protocol protocol) { return lower_case(via_transport(protocol)); }

/// In the order of Mailbox::Outcome.
constexpr std::array<std::string_view, 4> outcomes{"delivered", "refused", "postponed", "expired"};

/// Seconds, from within a machine to Timer F.
const prometheus::Histogram::BucketBoundaries latencies{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                        0.25,  0.5,    1,     2.5,  5,     10,   32};

double seconds(Milliseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

Metrics::Metrics(const std::string& version) : timed_(max_timed) {
  using prometheus::BuildCounter;
  auto& flows = BuildCounter()
                    .Name("sipmsg_connections_total")
                    .Help("Connections that came to be, by transport; of UDP its sockets")
                    .Register(registry_);
  for (const Protocol protocol : Gauges::protocols) {
    flows_.push_back(&flows.Add({{"transport", name_of(protocol)}}));
    connections_.push_back(
        &gauge("sipmsg_connections", "Open connections, by transport", {{"transport", name_of(protocol)}}));
  }
  auto& requests = BuildCounter()
                       .Name("sipmsg_requests_total")
                       .Help("Requests received, repeats not counted, by method")
                       .Register(registry_);
  for (const std::string_view method : methods)
    requests_.push_back(&requests.Add({{"method", std::string(method)}}));
  auto& answers = BuildCounter()
                      .Name("sipmsg_message_answers_total")
                      .Help("Final responses to MESSAGE, by class of status and by who gave them")
                      .Register(registry_);
  for (const std::string_view each : classes) {
    here_.push_back(&answers.Add({{"class", std::string(each)}, {"by", "relay"}}));
    there_.push_back(&answers.Add({{"class", std::string(each)}, {"by", "recipient"}}));
  }
  auto& mailbox = BuildCounter()
                      .Name("sipmsg_mailbox_tries_total")
                      .Help("What came of stored messages, each try counted, by outcome")
                      .Register(registry_);
  for (const std::string_view each : outcomes)
    mailbox_.push_back(&mailbox.Add({{"outcome", std::string(each)}}));
  forwarded_ = &prometheus::BuildHistogram()
                    .Name("sipmsg_message_forwarding_seconds")
                    .Help("From a MESSAGE's arrival until its recipient's final response was passed back")
                    .Register(registry_)
                    .Add(Labels{}, latencies);
  stored_ = &prometheus::BuildHistogram()
                 .Name("sipmsg_message_storing_seconds")
                 .Help("From a MESSAGE's arrival until it was on the disk and answered 202")
                 .Register(registry_)
                 .Add(Labels{}, latencies);
  rejects_ = &BuildCounter()
                  .Name("sipmsg_rejects_total")
                  .Help("What the relay itself refused, by reason")
                  .Register(registry_);
  slots_ = &gauge("sipmsg_open_connections",
                  "Connections of every kind, those of pages and half-open ones as well, opened or accepted");
  users_ = &gauge("sipmsg_registered_users", "Users with a binding");
  bindings_ = &gauge("sipmsg_bindings", "Bindings of all users");
  transactions_ = &gauge("sipmsg_transactions", "Transactions in memory");
  unwritten_ = &gauge("sipmsg_unwritten_bytes", "Bytes that the other ends of connections have not read");
  const std::string waiting = "Questions that wait for a store";
  account_questions_ = &gauge("sipmsg_store_questions", waiting, {{"store", "accounts"}});
  mailbox_questions_ = &gauge("sipmsg_store_questions", waiting, {{"store", "mailbox"}});
  dns_questions_ = &gauge("sipmsg_dns_questions", "Questions that wait for the DNS");
  stored_messages_ = &gauge("sipmsg_stored_messages", "Messages that wait for their recipients");
  stored_bytes_ = &gauge("sipmsg_stored_bytes", "Bytes of these");
  draining_ = &gauge("sipmsg_draining", "1 while the relay finishes what is under way before its end");
  gauge("sipmsg_build_info", "Always 1", {{"version", version}}).Set(1);
}

/// A family that is built again is the same.
Metrics::Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry_).Add(labels);
}

void Metrics::flow_opened(Protocol protocol) { flows_[static_cast<std::size_t>(protocol)]->Increment(); }

void Metrics::progressed(Now now, const Relay::Progress& progress) {
  switch (progress.step) {
    case Relay::Progress::Step::taken: return take(now, progress);
    case Relay::Progress::Step::answered_here:
      if (progress.status >= 300) refused(progress.status, progress.reason);
      return answered(now, progress);
    case Relay::Progress::Step::answered_there: return answered(now, progress);
    case Relay::Progress::Step::from_mailbox:
      return mailbox_[static_cast<std::size_t>(progress.outcome)]->Increment();
  }
}

void Metrics::take(Now now, const Relay::Progress& progress) {
  const std::size_t method = index_of(progress.method);
  requests_[method]->Increment();
  timed_[static_cast<std::size_t>(progress.transaction) % max_timed] = {progress.transaction, now.mono,
                                                                        method};
}

void Metrics::answered(Now now, const Relay::Progress& progress) {
  Timed& timed = timed_[static_cast<std::size_t>(progress.transaction) % max_timed];
  if (progress.transaction == TransactionId::none || timed.transaction != progress.transaction) return;
  timed.transaction = TransactionId::none;
  if (timed.method != message_method) return;
  const bool is_ours = progress.step == Relay::Progress::Step::answered_here;
  (is_ours ? here_ : there_)[class_of(progress.status)]->Increment();
  const double passed = seconds(now.mono - timed.since);
  if (!is_ours) forwarded_->Observe(passed);
  if (is_ours && progress.status == 202) stored_->Observe(passed);
}

void Metrics::refused(int status, std::string_view reason) {
  Counter*& counter = rejects_by_reason_[{status, reason}];
  if (!counter) {
    const std::string phrase(reason.empty() ? reason_phrase(status) : reason);
    const std::string said = status == 0 ? phrase : std::to_string(status) + " " + phrase;
    counter = &rejects_->Add({{"reason", said}});
  }
  counter->Increment();
}

void Metrics::turned_away(std::string_view why) { refused(0, why); }

void Metrics::set(const Gauges& gauges) {
  for (std::size_t i = 0; i < connections_.size(); ++i)
    connections_[i]->Set(static_cast<double>(gauges.connections[i]));
  slots_->Set(static_cast<double>(gauges.slots));
  users_->Set(static_cast<double>(gauges.users));
  bindings_->Set(static_cast<double>(gauges.bindings));
  transactions_->Set(static_cast<double>(gauges.transactions));
  unwritten_->Set(static_cast<double>(gauges.unwritten_bytes));
  account_questions_->Set(static_cast<double>(gauges.account_questions));
  mailbox_questions_->Set(static_cast<double>(gauges.mailbox_questions));
  dns_questions_->Set(static_cast<double>(gauges.dns_questions));
  stored_messages_->Set(static_cast<double>(gauges.stored_messages));
  stored_bytes_->Set(static_cast<double>(gauges.stored_bytes));
  draining_->Set(gauges.is_draining ? 1 : 0);
}

std::string Metrics::text(const Gauges& gauges) {
  set(gauges);
  return prometheus::TextSerializer().Serialize(registry_.Collect());
}

}  // namespace relay
