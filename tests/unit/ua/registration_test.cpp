#include "ua/registration.h"

#include <catch2/catch.hpp>

#include "message/message_view.h"

using namespace sip;

namespace {

constexpr std::string_view contact = "sip:alice@k3.invalid;transport=ws";
constexpr FlowId flow{1};

/// Drives a Registration through virtual time and answers its REGISTERs.
struct Bench {
  Registration registration{Seconds(600), Random(seed_from(1))};
  Now now{Instant(Milliseconds(0)), UnixTime(Milliseconds(0))};

  template <class Action>
  Action expect() {
    auto action = registration.poll();
    REQUIRE(action);
    REQUIRE(std::holds_alternative<Action>(*action));
    return std::get<Action>(std::move(*action));
  }
  bool is_quiet() { return !registration.poll(); }

  void answer(const std::string& status_line, const std::string& fields = {}) {
    const std::string text = "SIP/2.0 " + status_line + "\r\n" + fields + "\r\n";
    const auto response = MessageView::parse(text);
    REQUIRE(response);
    registration.answered(now, *response, contact);
  }
  void sleep_until_deadline() {
    REQUIRE(registration.deadline());
    now.mono = *registration.deadline();
    registration.advance(now);
  }
  void connect() {
    registration.start();
    expect<Registration::Open>();
    registration.flow_opened(flow);
    CHECK(expect<Registration::Register>().expires == Seconds(600));
  }
  void connect_and_register(const std::string& more = {}) {
    connect();
    answer("200 OK", "Contact: <" + std::string(contact) + ">;expires=600\r\n" + more);
    expect<Registration::Registered>();
  }
};

}  // namespace

TEST_CASE("a registration is refreshed at nine tenths of what the registrar granted to our contact") {
  Bench bench;
  bench.connect();
  bench.answer("200 OK", "Contact: <sip:alice@other.invalid>;expires=3600, <" + std::string(contact) +
                             ">;expires=100\r\nExpires: 7200\r\n");
  CHECK(bench.expect<Registration::Registered>().expires == Seconds(100));
  CHECK(bench.registration.deadline() == Instant(Milliseconds(90'000)));
  bench.sleep_until_deadline();
  CHECK(bench.expect<Registration::Register>().expires == Seconds(600));
  CHECK(bench.registration.is_registered());
}

TEST_CASE("without an expires parameter the header field counts, then what was asked for") {
  Bench bench;
  bench.connect();
  SECTION("header field") {
    bench.answer("200 OK", "Expires: 50\r\n");
    CHECK(bench.expect<Registration::Registered>().expires == Seconds(50));
  }
  SECTION("nothing") {
    bench.answer("200 OK");
    CHECK(bench.expect<Registration::Registered>().expires == Seconds(600));
  }
}

TEST_CASE("423 is answered with the interval that the registrar wants, once it is longer") {
  Bench bench;
  bench.connect();
  bench.answer("423 Interval Too Brief", "Min-Expires: 1800\r\n");
  CHECK(bench.expect<Registration::Register>().expires == Seconds(1800));
  bench.answer("423 Interval Too Brief", "Min-Expires: 1800\r\n");
  bench.expect<Registration::Close>();
  CHECK(bench.expect<Registration::Failed>().trouble == RegistrationTrouble::refused);
}

TEST_CASE("a lost connection is opened again after a back-off that doubles up to half a minute") {
  Bench bench;
  bench.connect_and_register();
  REQUIRE(bench.registration.flow_closed(bench.now, flow));
  CHECK_FALSE(bench.registration.is_registered());
  Milliseconds longest{1000};
  for (int i = 0; i < 8; ++i) {
    const auto failed = bench.expect<Registration::Failed>();
    CHECK(failed.trouble == RegistrationTrouble::connection_lost);
    REQUIRE(failed.retry_in);
    CHECK(*failed.retry_in >= longest / 2);
    CHECK(*failed.retry_in <= longest);
    bench.sleep_until_deadline();
    bench.expect<Registration::Open>();
    longest = std::min<Milliseconds>(2 * longest, Milliseconds(30'000));
    REQUIRE(bench.registration.flow_closed(bench.now, FlowId{static_cast<std::uint64_t>(i + 2)}));
  }
}

TEST_CASE("news of the network ends the back-off") {
  Bench bench;
  bench.connect_and_register();
  bench.registration.flow_closed(bench.now, flow);
  bench.expect<Registration::Failed>();
  bench.registration.network_available(bench.now);
  bench.expect<Registration::Open>();
}

TEST_CASE("a server that has trouble is asked again on the same connection, when it says") {
  Bench bench;
  bench.connect();
  bench.answer("503 Service Unavailable", "Retry-After: 7 (soon)\r\n");
  const auto failed = bench.expect<Registration::Failed>();
  CHECK(failed.trouble == RegistrationTrouble::server_trouble);
  CHECK(failed.status == 503);
  CHECK(failed.retry_in == Milliseconds(7000));
  bench.sleep_until_deadline();
  bench.expect<Registration::Register>();
}

TEST_CASE("a refusal is final, and the connection is given back") {
  Bench bench;
  bench.connect();
  bench.answer("403 Forbidden");
  CHECK(bench.expect<Registration::Close>().flow == flow);
  const auto failed = bench.expect<Registration::Failed>();
  CHECK(failed.trouble == RegistrationTrouble::refused);
  CHECK(failed.phrase == "Forbidden");
  CHECK_FALSE(failed.retry_in);
  CHECK_FALSE(bench.registration.deadline());
  CHECK_FALSE(bench.registration.flow_closed(bench.now, flow));
  CHECK(bench.is_quiet());
}

TEST_CASE("refused credentials are final") {
  Bench bench;
  bench.connect();
  bench.registration.credentials_refused(401, "Unauthorized");
  bench.expect<Registration::Close>();
  CHECK(bench.expect<Registration::Failed>().trouble == RegistrationTrouble::wrong_password);
  CHECK_FALSE(bench.registration.deadline());
}

TEST_CASE("an unanswered REGISTER means another connection") {
  Bench bench;
  bench.connect();
  bench.registration.unanswered(bench.now);
  bench.expect<Registration::Close>();
  CHECK(bench.expect<Registration::Failed>().trouble == RegistrationTrouble::no_answer);
  bench.sleep_until_deadline();
  bench.expect<Registration::Open>();
}

TEST_CASE("where the registrar takes part in outbound the flow is pinged, and given up without a pong") {
  Bench bench;
  bench.connect_and_register("Require: outbound\r\n");
  CHECK(bench.registration.deadline() >= Instant(Milliseconds(24'000)));
  CHECK(bench.registration.deadline() <= Instant(Milliseconds(30'000)));
  bench.sleep_until_deadline();
  bench.expect<Registration::Ping>();
  SECTION("anything that arrives counts as the pong") {
    bench.registration.heard();
    bench.sleep_until_deadline();
    bench.expect<Registration::Ping>();
  }
  SECTION("silence for ten seconds") {
    const Instant pinged = bench.now.mono;
    bench.sleep_until_deadline();
    CHECK(bench.now.mono - pinged == Milliseconds(10'000));
    bench.expect<Registration::Close>();
    CHECK(bench.expect<Registration::Failed>().trouble == RegistrationTrouble::connection_lost);
  }
}

TEST_CASE("Flow-Timer says how often to ping") {
  Bench bench;
  bench.connect_and_register("Flow-Timer: 10\r\n");
  CHECK(bench.registration.deadline() >= Instant(Milliseconds(8000)));
  CHECK(bench.registration.deadline() <= Instant(Milliseconds(10'000)));
}

TEST_CASE("a registrar that does not know outbound is not pinged") {
  Bench bench;
  bench.connect_and_register();
  CHECK(bench.registration.deadline() == Instant(Milliseconds(540'000)));
}

TEST_CASE("stopping removes the binding, and waits two seconds for the answer") {
  Bench bench;
  bench.connect_and_register();
  bench.registration.stop(bench.now);
  CHECK(bench.expect<Registration::Register>().expires == Seconds(0));
  SECTION("answered") { bench.answer("200 OK"); }
  SECTION("not answered") {
    CHECK(bench.registration.deadline() == bench.now.mono + Milliseconds(2000));
    bench.sleep_until_deadline();
  }
  CHECK(bench.expect<Registration::Close>().flow == flow);
  bench.expect<Registration::Unregistered>();
  CHECK_FALSE(bench.registration.deadline());
}

TEST_CASE("a connection that opens after stop() is given back") {
  Bench bench;
  bench.registration.start();
  bench.expect<Registration::Open>();
  bench.registration.stop(bench.now);
  bench.expect<Registration::Unregistered>();
  bench.registration.flow_opened(flow);
  CHECK(bench.expect<Registration::Close>().flow == flow);
  bench.registration.start();
  bench.expect<Registration::Open>();
  CHECK_FALSE(bench.registration.flow_closed(bench.now, flow));
}

TEST_CASE("a goodbye waits for the answer to the REGISTER under way (10.2)") {
  Bench bench;
  bench.connect();
  bench.registration.stop(bench.now);
  CHECK(bench.is_quiet());
  SECTION("it was accepted: then the binding is removed") {
    bench.answer("200 OK");
    CHECK(bench.expect<Registration::Register>().expires == Seconds(0));
    bench.answer("200 OK");
  }
  SECTION("it was refused: there is nothing to remove") { bench.answer("403 Forbidden"); }
  SECTION("it is not answered: two seconds are enough") {
    bench.sleep_until_deadline();
    CHECK(bench.now.mono == Instant(Milliseconds(2000)));
  }
  bench.expect<Registration::Close>();
  bench.expect<Registration::Unregistered>();
  CHECK(bench.is_quiet());
  CHECK_FALSE(bench.registration.deadline());
}

TEST_CASE("a flow that dies while a goodbye waits ends it") {
  Bench bench;
  bench.connect();
  bench.registration.stop(bench.now);
  CHECK(bench.registration.flow_closed(bench.now, flow));
  bench.expect<Registration::Unregistered>();
  CHECK_FALSE(bench.registration.deadline());
}
