#include "logic/connection_alias.h"

#include "bench.h"

namespace connection_alias_test {

using namespace relay::test;
using relay::ConnectionAlias;

namespace {

const IpAddress friendly = *IpAddress::parse("203.0.113.9");
const Peer alice = peer(Protocol::ws, 1);
/// Connections that the friendly server has opened, from ports of no meaning.
const Peer opened{FlowId{900}, {Protocol::tcp, friendly, 40'001}};
const Peer opened_later{FlowId{901}, {Protocol::tcp, friendly, 40'002}};

relay::Settings with(ConnectionAlias::Policy policy) {
  relay::Settings settings = Bench::settings(false);
  settings.connection_reuse = policy;
  settings.trusted = {friendly};
  settings.routes = {{"friendly.example", {Protocol::tcp, friendly, 5062}},
                     {"by-datagram.example", {Protocol::udp, friendly, 5062}},
                     {"foreign.example", {Protocol::tcp, *IpAddress::parse("203.0.113.66"), 5060}}};
  return settings;
}

struct Friends : Bench {
  explicit Friends(ConnectionAlias::Policy policy = ConnectionAlias::Policy::trusted) : Bench(with(policy)) {
    with_digest = false;
  }
  void hear(const Peer& from, const std::string& sent_by) {
    say(from, write({.method = "OPTIONS",
                     .uri = "sip:example.org",
                     .from = "sip:carol@friendly.example",
                     .via = "SIP/2.0/" + std::string(via_transport(from.endpoint.protocol)) + " " + sent_by +
                            ";branch=z9hG4bKalias" + std::to_string(last_number)}));
    CHECK(take_status() == 200);
  }
  std::string via_to(const std::string& domain) {
    say(alice, write({.uri = "sip:dave@" + domain}));
    return field(take().bytes, HeaderName::via);
  }
};

}  // namespace

TEST_CASE("a connection is the way back to the port that its trusted sender advertises (RFC 5923 8.2)") {
  Friends bench;
  bench.hear(opened, "p1.friendly.example:5062;alias");
  REQUIRE(bench.reuses.size() == 1);
  CHECK(bench.reuses[0].flow == opened.flow);
  CHECK(bench.reuses[0].address == Endpoint{Protocol::tcp, friendly, 5062});
  SECTION("said again it is nothing new") {
    bench.hear(opened, "p1.friendly.example:5062;alias");
    CHECK(bench.reuses.size() == 1);
  }
  SECTION("without a port it is the default one") {
    bench.hear(opened, "p1.friendly.example;alias");
    REQUIRE(bench.reuses.size() == 2);
    CHECK(bench.reuses[1].address.port == 5060);
  }
  SECTION("a later connection takes its place, also that of one which closed") {
    bench.relay.flow_closed(bench.now, opened.flow);
    bench.drain();
    bench.hear(opened_later, "p1.friendly.example:5062;alias");
    REQUIRE(bench.reuses.size() == 2);
    CHECK(bench.reuses[1].flow == opened_later.flow);
  }
}

TEST_CASE("nobody else's connection is a way back, and what it carries goes on (RFC 5923 8.2, 9.2, 9.3)") {
  Friends bench;
  SECTION("of a server that is not trusted") {
    bench.hear(peer(Protocol::tcp, 66), "p1.friendly.example:5062;alias");
  }
  SECTION("without the parameter") { bench.hear(opened, "p1.friendly.example:5062"); }
  SECTION("over TLS, where no certificate was asked for") {
    bench.hear({FlowId{902}, {Protocol::tls, friendly, 40'003}}, "p1.friendly.example:5062;alias");
  }
  SECTION("over UDP, which has none") {
    bench.hear({FlowId{1}, {Protocol::udp, friendly, 5062}}, "p1.friendly.example:5062;alias");
  }
  CHECK(bench.reuses.empty());
}

TEST_CASE("requests may come back by ours, where a trusted server gets it over TCP (RFC 5923 8.1)") {
  Friends bench;
  CHECK(bench.via_to("friendly.example").ends_with(";alias"));
  CHECK(bench.via_to("by-datagram.example").find("alias") == std::string::npos);
  CHECK(bench.via_to("foreign.example").find("alias") == std::string::npos);
}

TEST_CASE("without the operator's leave no connection is reused") {
  Friends bench(ConnectionAlias::Policy::none);
  bench.hear(opened, "p1.friendly.example:5062;alias");
  CHECK(bench.reuses.empty());
  CHECK(bench.via_to("friendly.example").find("alias") == std::string::npos);
}

}  // namespace connection_alias_test
