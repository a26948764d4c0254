#include "ops/metrics.h"

#include <catch2/catch.hpp>

namespace metrics_test {

using namespace relay;

namespace {

using Step = Relay::Progress::Step;

struct Counting {
  void take(std::uint64_t transaction, const std::string& method) {
    metrics.progressed(now, {.step = Step::taken, .transaction = id(transaction), .method = method});
  }
  void answer(std::uint64_t transaction, Step step, int status, std::string_view reason = {}) {
    metrics.progressed(now,
                       {.step = step, .transaction = id(transaction), .status = status, .reason = reason});
  }
  bool says(const std::string& line) {
    return ("\n" + metrics.text(gauges)).find("\n" + line + "\n") != std::string::npos;
  }

  static sip::TransactionId id(std::uint64_t number) { return sip::TransactionId{number}; }

  Metrics metrics{"1.2.3"};
  Gauges gauges;
  sip::Now now{};
};

}  // namespace

TEST_CASE("requests are counted by method, what no RFC defines as other") {
  Counting counting;
  counting.take(1, "MESSAGE");
  counting.take(2, "MESSAGE");
  counting.take(3, "REGISTER");
  counting.take(4, "other");
  CHECK(counting.says("sipmsg_requests_total{method=\"MESSAGE\"} 2"));
  CHECK(counting.says("sipmsg_requests_total{method=\"REGISTER\"} 1"));
  CHECK(counting.says("sipmsg_requests_total{method=\"other\"} 1"));
  CHECK(counting.says("sipmsg_requests_total{method=\"INVITE\"} 0"));
}

TEST_CASE("the answers to MESSAGE are counted once, by class and by who gave them; 202 apart") {
  Counting counting;
  counting.take(1, "MESSAGE");
  counting.answer(1, Step::answered_there, 200);
  counting.answer(1, Step::answered_there, 200);
  counting.take(2, "MESSAGE");
  counting.answer(2, Step::answered_here, 202);
  counting.take(3, "MESSAGE");
  counting.answer(3, Step::answered_there, 486);
  counting.take(4, "REGISTER");
  counting.answer(4, Step::answered_here, 200);
  CHECK(counting.says("sipmsg_message_answers_total{by=\"recipient\",class=\"2xx\"} 1"));
  CHECK(counting.says("sipmsg_message_answers_total{by=\"relay\",class=\"202\"} 1"));
  CHECK(counting.says("sipmsg_message_answers_total{by=\"recipient\",class=\"4xx\"} 1"));
  CHECK(counting.says("sipmsg_message_answers_total{by=\"relay\",class=\"2xx\"} 0"));
}

TEST_CASE("what came of stored messages is counted by outcome") {
  using Outcome = Mailbox::Outcome;
  Counting counting;
  for (const Outcome each : {Outcome::delivered, Outcome::postponed, Outcome::delivered, Outcome::expired})
    counting.metrics.progressed(counting.now,
                                {.step = Step::from_mailbox, .transaction = {}, .outcome = each});
  CHECK(counting.says("sipmsg_mailbox_tries_total{outcome=\"delivered\"} 2"));
  CHECK(counting.says("sipmsg_mailbox_tries_total{outcome=\"postponed\"} 1"));
  CHECK(counting.says("sipmsg_mailbox_tries_total{outcome=\"refused\"} 0"));
  CHECK(counting.says("sipmsg_mailbox_tries_total{outcome=\"expired\"} 1"));
}

TEST_CASE(
    "the time of a forwarded MESSAGE is that until its recipient's answer; the relay's own answers have "
    "none") {
  Counting counting;
  counting.take(1, "MESSAGE");
  counting.take(2, "MESSAGE");
  counting.now.mono += sip::Milliseconds(40);
  counting.answer(1, Step::answered_there, 200);
  counting.answer(2, Step::answered_here, 480);
  CHECK(counting.says("sipmsg_message_forwarding_seconds_count 1"));
  CHECK(counting.says("sipmsg_message_forwarding_seconds_bucket{le=\"0.025\"} 0"));
  CHECK(counting.says("sipmsg_message_forwarding_seconds_bucket{le=\"0.05\"} 1"));
}

TEST_CASE("the time of a stored MESSAGE is that until its 202") {
  Counting counting;
  counting.take(1, "MESSAGE");
  counting.take(2, "MESSAGE");
  counting.now.mono += sip::Milliseconds(4);
  counting.answer(1, Step::answered_here, 202);
  counting.answer(2, Step::answered_there, 202);
  CHECK(counting.says("sipmsg_message_storing_seconds_count 1"));
  CHECK(counting.says("sipmsg_message_storing_seconds_bucket{le=\"0.0025\"} 0"));
  CHECK(counting.says("sipmsg_message_storing_seconds_bucket{le=\"0.005\"} 1"));
}

TEST_CASE("of more requests than are timed the oldest are left out, not mixed up") {
  Counting counting;
  counting.take(1, "MESSAGE");
  counting.take(1 + Metrics::max_timed, "REGISTER");
  counting.answer(1, Step::answered_there, 200);
  CHECK(counting.says("sipmsg_message_answers_total{by=\"recipient\",class=\"2xx\"} 0"));
  CHECK(counting.says("sipmsg_requests_total{method=\"MESSAGE\"} 1"));
}

TEST_CASE("what is refused is counted by reason, whether it was a request or not") {
  Counting counting;
  counting.take(1, "MESSAGE");
  counting.answer(1, Step::answered_here, 403, "Relaying Denied");
  counting.answer(0, Step::answered_here, 513);
  counting.answer(0, Step::answered_here, 513);
  counting.metrics.turned_away("not a SIP message");
  CHECK(counting.says("sipmsg_rejects_total{reason=\"403 Relaying Denied\"} 1"));
  CHECK(counting.says("sipmsg_rejects_total{reason=\"513 Message Too Large\"} 2"));
  CHECK(counting.says("sipmsg_rejects_total{reason=\"not a SIP message\"} 1"));
}

TEST_CASE("how things stand is told beside what was counted") {
  Counting counting;
  counting.metrics.flow_opened(sip::Protocol::wss);
  counting.gauges.connections[static_cast<std::size_t>(sip::Protocol::wss)] = 7;
  counting.gauges.users = 3;
  counting.gauges.bindings = 4;
  counting.gauges.stored_bytes = 5000;
  counting.gauges.mailbox_questions = 2;
  counting.gauges.is_draining = true;
  CHECK(counting.says("sipmsg_connections_total{transport=\"wss\"} 1"));
  CHECK(counting.says("sipmsg_connections{transport=\"wss\"} 7"));
  CHECK(counting.says("sipmsg_connections{transport=\"tcp\"} 0"));
  CHECK(counting.says("sipmsg_registered_users 3"));
  CHECK(counting.says("sipmsg_bindings 4"));
  CHECK(counting.says("sipmsg_stored_bytes 5000"));
  CHECK(counting.says("sipmsg_store_questions{store=\"mailbox\"} 2"));
  CHECK(counting.says("sipmsg_draining 1"));
  CHECK(counting.says("sipmsg_build_info{version=\"1.2.3\"} 1"));
}

}  // namespace metrics_test
