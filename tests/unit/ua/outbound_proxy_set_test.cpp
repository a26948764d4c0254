#include "ua/outbound_proxy_set.h"

#include "registration_bench.h"

namespace outbound_proxy_set_test {

using namespace sip;
using namespace sip::test;

namespace {

const std::vector<std::string> two = {"a.example.org", "b.example.org:8443"};

struct Pair : Bench {
  Pair() : Bench(account_with(two)) {}
  std::size_t opened() { return expect<Registration::Open>().server; }
  Milliseconds lost(std::uint64_t number) {
    REQUIRE(registration.flow_closed(now, FlowId{number}));
    return *expect<Registration::Failed>().retry_in;
  }
};

}  // namespace

TEST_CASE(
    "of several servers the next one is tried at once, and after the last all of them after a back-off") {
  Pair bench;
  bench.registration.start();
  CHECK(bench.opened() == 0);
  CHECK(bench.lost(1) == Milliseconds(0));
  CHECK(bench.opened() == 1);
  CHECK(bench.lost(2) >= Milliseconds(15'000));
  bench.sleep_until_deadline();
  CHECK(bench.opened() == 0);
  CHECK(bench.lost(3) == Milliseconds(0));
  CHECK(bench.opened() == 1);
  CHECK(bench.lost(4) >= Milliseconds(30'000));
}

TEST_CASE("after a success elsewhere the next flow goes to the preferred server again") {
  Pair bench;
  bench.registration.start();
  bench.opened();
  bench.lost(1);
  CHECK(bench.opened() == 1);
  bench.open(FlowId{2});
  bench.accept();
  bench.now.mono += Milliseconds(60'000);
  CHECK(bench.lost(2) == Milliseconds(0));
  CHECK(bench.opened() == 0);
}

TEST_CASE("servers that take turns in accepting and hanging up are not run between without a wait") {
  Pair bench;
  bench.registration.start();
  Milliseconds waited{0};
  for (std::uint64_t i = 1; i <= 4; ++i) {
    bench.opened();
    bench.open(FlowId{i});
    bench.accept();
    waited += bench.lost(i);
    if (bench.registration.deadline()) bench.sleep_until_deadline();
  }
  CHECK(waited >= Milliseconds(45'000));
}

TEST_CASE(
    "a server in trouble is left for another one, and asked again when its Retry-After is over (21.5.4)") {
  Pair bench;
  bench.registration.start();
  bench.opened();
  bench.open();
  bench.answer("503 Service Unavailable", "Retry-After: 100\r\n");
  CHECK(bench.expect<Registration::Close>().flow == flow);
  CHECK(bench.expect<Registration::Failed>().retry_in == Milliseconds(0));
  CHECK(bench.opened() == 1);
  bench.lost(2);
  bench.sleep_until_deadline();
  CHECK(bench.opened() == 1);
  bench.now.mono = Instant(Milliseconds(100'000));
  bench.lost(3);
  CHECK(bench.opened() == 0);
}

TEST_CASE("a binding that stands keeps its flow through a server's trouble (RFC 5626 4.2.2)") {
  Pair bench;
  bench.registration.start();
  bench.opened();
  bench.open();
  bench.accept();
  bench.sleep_until_deadline();
  bench.expect<Registration::Register>();
  bench.answer("503 Service Unavailable", "Retry-After: 5\r\n");
  CHECK(bench.expect<Registration::Failed>().retry_in == Milliseconds(5000));
  CHECK(bench.registration.is_registered());
  bench.sleep_until_deadline();
  bench.expect<Registration::Register>();
}

TEST_CASE("news of the network begin with the preferred server") {
  Pair bench;
  bench.registration.start();
  bench.opened();
  bench.lost(1);
  bench.opened();
  bench.lost(2);
  bench.registration.network_available(bench.now);
  CHECK(bench.opened() == 0);
}

TEST_CASE("a server is found by its host and port; without a port the first of that host is meant") {
  const OutboundProxySet set({"a.example.org:80", "a.example.org:443", "b.example.org"}, {},
                             Random(seed_from(1)));
  const auto find = [&](const char* text) { return set.find(*Uri::parse(text)); };
  CHECK(find("sip:A.example.org:443;transport=ws") == 1u);
  CHECK(find("sip:a.example.org") == 0u);
  CHECK(find("sip:b.example.org") == 2u);
  CHECK_FALSE(find("sip:b.example.org:80"));
  CHECK_FALSE(find("sip:c.example.org"));
}

}  // namespace outbound_proxy_set_test
