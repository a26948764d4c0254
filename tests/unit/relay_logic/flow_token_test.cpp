#include "logic/flow_token.h"

#include <catch2/catch.hpp>

namespace flow_token_test {

using namespace sip;
using relay::FlowToken;

namespace {

const FlowToken tokens{Random(seed_from(1)), 7};

Peer peer(Protocol protocol, std::uint16_t port) {
  return {FlowId{0x1a2b}, {protocol, *IpAddress::parse("198.51.100.7"), port}};
}

}  // namespace

TEST_CASE("a flow token names the flow, and the address where there is one that can be sent to") {
  for (const Protocol protocol : {Protocol::udp, Protocol::tcp, Protocol::tls}) {
    const auto opened = tokens.open(tokens.seal(peer(protocol, 5070), "call"), "call");
    REQUIRE(opened);
    CHECK(opened->peer == peer(protocol, 5070));
  }
  for (const Protocol protocol : {Protocol::ws, Protocol::wss}) {
    const auto opened = tokens.open(tokens.seal(peer(protocol, 5070), "call"), "call");
    REQUIRE(opened);
    CHECK(opened->peer == Peer{FlowId{0x1a2b}, {protocol, {}, 0}});
  }
  const auto stream = tokens.open(tokens.seal(peer(Protocol::tcp, 0), ""), "");
  REQUIRE(stream);
  CHECK(stream->peer == Peer{FlowId{0x1a2b}, {Protocol::tcp, {}, 0}});
}

TEST_CASE("a token of IPv6 holds the whole address") {
  const Peer six{FlowId{1}, {Protocol::udp, *IpAddress::parse("2001:db8::1"), 65535}};
  const auto opened = tokens.open(tokens.seal(six, "x"), "x");
  REQUIRE(opened);
  CHECK(opened->peer == six);
}

TEST_CASE("a token without a flow is a mark that can be told from a forgery") {
  const std::string mark = tokens.seal(std::nullopt, "call");
  REQUIRE(tokens.open(mark, "call"));
  CHECK_FALSE(tokens.open(mark, "call")->peer);
  CHECK_FALSE(tokens.open(mark, "other"));
}

TEST_CASE("a token that was changed in any place, cut, or made elsewhere is not opened (RFC 5626 5.2)") {
  const std::string token = tokens.seal(peer(Protocol::ws, 1), "call");
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == '1' ? '2' : '1';
    CHECK_FALSE(tokens.open(changed, "call"));
    CHECK_FALSE(tokens.open(token.substr(0, i), "call"));
  }
  CHECK_FALSE(tokens.open(token + "0", "call"));
  CHECK_FALSE(tokens.open(token, "another call"));
  CHECK_FALSE(FlowToken(Random(seed_from(2)), 7).open(token, "call"));
}

TEST_CASE(
    "of what was sealed before a restart the address is left, and no flow, whose number is another one's "
    "now") {
  const FlowToken later{Random(seed_from(1)), 8};
  const auto datagrams = later.open(tokens.seal(peer(Protocol::udp, 5070), "call"), "call");
  REQUIRE(datagrams);
  CHECK(datagrams->peer == Peer{FlowId::none, peer(Protocol::udp, 5070).endpoint});
  const auto browser = later.open(tokens.seal(peer(Protocol::ws, 5070), "call"), "call");
  REQUIRE(browser);
  CHECK(browser->peer == Peer{FlowId::none, {Protocol::ws, {}, 0}});
}

TEST_CASE("what looks like a token is told from a person's name") {
  CHECK(FlowToken::is_token(tokens.seal(std::nullopt, "")));
  for (const char* user : {"", "bob", "flow-", "flow-control", "flow-0123456789abcdef0123"})
    CHECK_FALSE(FlowToken::is_token(user));
}

}  // namespace flow_token_test
