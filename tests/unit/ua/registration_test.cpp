#include "registration_bench.h"

namespace registration_test {

using namespace sip;
using namespace sip::test;

TEST_CASE(
    "a registration is refreshed at nine tenths of what the registrar granted, or 32 s before its end") {
  Bench bench;
  bench.connect();
  bench.answer("200 OK", "Contact: <sip:alice@other.invalid>;expires=3600, <" + std::string(contact) +
                             ">;expires=100\r\nExpires: 7200\r\n");
  CHECK(bench.expect<Registration::Registered>().binding.expires == Seconds(100));
  CHECK(bench.registration.deadline() == Instant(Milliseconds(68'000)));
  bench.sleep_until_deadline();
  CHECK(bench.expect<Registration::Register>().expires == Seconds(600));
  CHECK(bench.registration.is_registered());
}

TEST_CASE("without an expires parameter the header field counts, then what was asked for") {
  Bench bench;
  bench.connect();
  SECTION("header field") {
    bench.answer("200 OK", "Expires: 50\r\n");
    CHECK(bench.expect<Registration::Registered>().binding.expires == Seconds(50));
  }
  SECTION("nothing") {
    bench.answer("200 OK");
    CHECK(bench.expect<Registration::Registered>().binding.expires == Seconds(600));
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

TEST_CASE("a lost connection is opened again after a back-off: base time, doubled up to the longest (4.5)") {
  Account account = account_with();
  SECTION("of a person who waits") { account.recovery = {Milliseconds(1000), Milliseconds(30'000)}; }
  SECTION("as RFC 5626 has it where nothing is said: 30 s to half an hour") {
    CHECK(account.recovery.base_time == Milliseconds(30'000));
    CHECK(account.recovery.max_time == Milliseconds(1'800'000));
  }
  Bench bench(account);
  bench.connect_and_register();
  bench.now.mono += Milliseconds(60'000);
  REQUIRE(bench.registration.flow_closed(bench.now, flow));
  CHECK_FALSE(bench.registration.is_registered());
  Milliseconds longest = account.recovery.base_time;
  for (int i = 0; i < 9; ++i) {
    CAPTURE(i);
    const auto failed = bench.expect<Registration::Failed>();
    CHECK(failed.trouble == RegistrationTrouble::connection_lost);
    REQUIRE(failed.retry_in);
    CHECK(*failed.retry_in >= longest / 2);
    CHECK(*failed.retry_in <= longest);
    bench.sleep_until_deadline();
    bench.expect<Registration::Open>();
    longest = std::min<Milliseconds>(2 * longest, account.recovery.max_time);
    REQUIRE(bench.registration.flow_closed(bench.now, FlowId{static_cast<std::uint64_t>(i + 2)}));
  }
}

TEST_CASE("a flow that registered and fell before it answered a ping, or grew old, counts as failed (4.5)") {
  Bench bench;
  Milliseconds wait{0};
  const auto lose = [&](std::uint64_t number) {
    REQUIRE(bench.registration.flow_closed(bench.now, FlowId{number}));
    wait = *bench.expect<Registration::Failed>().retry_in;
    bench.sleep_until_deadline();
    bench.expect<Registration::Open>();
    bench.open(FlowId{number + 1});
  };
  const std::string outbound = "Require: outbound\r\n";
  bench.connect_and_register(outbound);
  for (std::uint64_t i = 1; i < 5; ++i) {
    lose(i);
    bench.accept(outbound);
  }
  CHECK(wait >= Milliseconds(120'000));
  bench.sleep_until_deadline();
  bench.expect<Registration::Ping>();
  bench.registration.pong();
  lose(5);
  CHECK(wait <= Milliseconds(30'000));
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
  CHECK(bench.registration.deadline() >= Instant(Milliseconds(96'000)));
  CHECK(bench.registration.deadline() <= Instant(Milliseconds(120'000)));
  bench.sleep_until_deadline();
  bench.expect<Registration::Ping>();
  SECTION("it is answered: the next one follows") {
    bench.registration.pong();
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

TEST_CASE("Flow-Timer says how often to ping, but not more seldom than the account does") {
  Account account = account_with();
  account.ping_interval = Milliseconds(30'000);
  Bench bench(account);
  const auto first_ping_is_within = [&](std::int64_t from, std::int64_t to) {
    CHECK(bench.registration.deadline() >= Instant(Milliseconds(from)));
    CHECK(bench.registration.deadline() <= Instant(Milliseconds(to)));
  };
  SECTION("10 s") {
    bench.connect_and_register("Flow-Timer: 10\r\n");
    first_ping_is_within(8000, 10'000);
  }
  SECTION("120 s") {
    bench.connect_and_register("Flow-Timer: 120\r\n");
    first_ping_is_within(24'000, 30'000);
  }
}

TEST_CASE("CRLF is not sent over UDP (RFC 5626 4.4.1)") {
  Bench bench;
  bench.registration.start();
  bench.expect<Registration::Open>();
  bench.registration.flow_opened(flow, Protocol::udp);
  bench.expect<Registration::Register>();
  bench.accept("Require: outbound\r\nFlow-Timer: 10\r\n");
  CHECK(bench.registration.deadline() == Instant(Milliseconds(540'000)));
}

TEST_CASE("439 is answered by a registration without outbound on the same flow, once (RFC 5626 4.2.1)") {
  Bench bench;
  bench.connect();
  bench.answer("439 First Hop Lacks Outbound Support");
  CHECK(bench.expect<Registration::Register>().outbound == Registration::Outbound::not_asked);
  bench.answer("439 First Hop Lacks Outbound Support");
  CHECK(bench.expect<Registration::Failed>().trouble == RegistrationTrouble::server_trouble);
}

TEST_CASE("Retry-After 0 means at once, but a second time it means a second") {
  Bench bench;
  bench.connect();
  for (const std::int64_t wait : {0, 1000, 1000}) {
    bench.answer("503 Service Unavailable", "Retry-After: 0\r\n");
    CHECK(bench.expect<Registration::Failed>().retry_in == Milliseconds(wait));
    if (wait > 0) bench.sleep_until_deadline();
    bench.expect<Registration::Register>();
  }
}

TEST_CASE("what a server asks for by Retry-After holds when the network comes back") {
  Bench bench;
  bench.connect();
  bench.answer("503 Service Unavailable", "Retry-After: 7\r\n");
  bench.expect<Registration::Failed>();
  bench.registration.network_available(bench.now);
  CHECK(bench.is_quiet());
  CHECK(bench.registration.deadline() == Instant(Milliseconds(7000)));
}

TEST_CASE("a token that is asked for and not there is final, and it is told where to get one") {
  Bench bench;
  bench.connect();
  bench.registration.token_refused(401, "Unauthorized",
                                   {.realm = "r", .authz_server = "https://as", .scope = "sip", .error = {}});
  bench.expect<Registration::Close>();
  const auto failed = bench.expect<Registration::Failed>();
  CHECK(failed.trouble == RegistrationTrouble::token_needed);
  CHECK(failed.authz_server == "https://as");
  CHECK(failed.scope == "sip");
  CHECK_FALSE(failed.retry_in);
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
  bench.registration.flow_opened(flow, Protocol::ws);
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

}  // namespace registration_test
