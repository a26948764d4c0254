#include "logic/asserted_identity.h"

#include "mailbox_bench.h"

namespace asserted_identity_test {

using namespace relay::test;

namespace {

const Peer alice = peer(Protocol::ws, 1);
const Peer bobs_phone = peer(Protocol::tcp, 2);
const Endpoint friendly{Protocol::tcp, *IpAddress::parse("203.0.113.9"), 5060};
const Endpoint foreign{Protocol::tcp, *IpAddress::parse("203.0.113.66"), 5060};
const std::string foreign_identity = "P-Asserted-Identity: \"Carol\" <sip:carol@friendly.example>\r\n";

relay::Settings with_friends(bool authenticate = true) {
  relay::Settings settings = Bench::settings(authenticate);
  settings.keeps_messages_for = Seconds(86'400);
  settings.keeps_messages_of = relay::Settings::KeepsMessagesOf::everyone;
  settings.routes = {{"friendly.example", friendly}, {"foreign.example", foreign}};
  settings.trusted = {friendly.address};
  return settings;
}

Peer at(const Endpoint& endpoint) { return {FlowId{900}, endpoint}; }

std::string asserted(const relay::Relay::SendTo& sent) {
  return Bench::field(sent.bytes, HeaderName::p_asserted_identity);
}

/// What goes on of a request that alice signs.
relay::Relay::SendTo from_alice(Bench& bench, const std::string& uri, const std::string& fields = {}) {
  bench.say_signed(alice, {.uri = uri, .fields = fields}, "alice");
  return bench.take();
}

/// What bob's phone gets of a message of carol's, which comes from there.
relay::Relay::SendTo from_carol(Bench& bench, const Peer& from, const std::string& fields) {
  bench.say(from, bench.write({.from = "sip:carol@friendly.example", .fields = fields}));
  return bench.take();
}

}  // namespace

TEST_CASE("a trusted server is told who of our users it is, others are not (RFC 3325 5)") {
  Bench bench(with_friends());
  const auto to_friend = from_alice(bench, "sip:dave@friendly.example");
  REQUIRE(to_friend.to.endpoint == friendly);
  CHECK(asserted(to_friend) == "<sip:alice@example.org>");
  CHECK(asserted(from_alice(bench, "sip:dave@foreign.example")) == "(absent)");
  bench.enrol(bobs_phone, "bob", "<sip:bob@198.51.100.2:5002;transport=tcp>");
  CHECK(asserted(from_alice(bench, "sip:bob@example.org")) == "(absent)");
}

TEST_CASE("what our users assert or prefer themselves goes no further (RFC 3325 5, 6)") {
  Bench bench(with_friends());
  const std::string claims =
      "P-Asserted-Identity: <sip:boss@example.org>, <tel:+1555>\r\nP-Asserted-Identity: <sip:x@y.example>\r\n"
      "P-Preferred-Identity: <sip:boss@example.org>\r\n";
  const auto to_friend = from_alice(bench, "sip:dave@friendly.example", claims);
  CHECK(asserted(to_friend) == "<sip:alice@example.org>");
  CHECK(to_friend.bytes.find("boss") == std::string::npos);
  CHECK(to_friend.bytes.find("x@y.example") == std::string::npos);
  const auto elsewhere = from_alice(bench, "sip:dave@foreign.example", claims + "Privacy: none\r\n");
  CHECK(asserted(elsewhere) == "(absent)");
  CHECK(elsewhere.bytes.find("boss") == std::string::npos);
}

TEST_CASE("who asks for privacy is still known to trusted servers, and to nobody else (RFC 3325 7)") {
  Bench bench(with_friends());
  const auto to_friend = from_alice(bench, "sip:dave@friendly.example", "Privacy: id\r\n");
  CHECK(asserted(to_friend) == "<sip:alice@example.org>");
  CHECK(Bench::field(to_friend.bytes, HeaderName::privacy) == "id");
  CHECK(asserted(from_alice(bench, "sip:dave@foreign.example", "Privacy: id\r\n")) == "(absent)");
}

TEST_CASE("what a trusted server asserts reaches a device only if its sender wants no privacy (RFC 3325 7)") {
  Bench bench(with_friends());
  bench.enrol(bobs_phone, "bob", "<sip:bob@198.51.100.2:5002;transport=tcp>");
  CHECK(asserted(from_carol(bench, at(friendly), foreign_identity)) == "(absent)");
  CHECK(asserted(from_carol(bench, at(friendly), foreign_identity + "Privacy: id\r\n")) == "(absent)");
  CHECK(asserted(from_carol(bench, at(friendly), foreign_identity + "Privacy: none\r\nPrivacy: id\r\n")) ==
        "(absent)");
  CHECK(asserted(from_carol(bench, at(friendly), foreign_identity + "Privacy: None\r\n")) ==
        "\"Carol\" <sip:carol@friendly.example>");
  CHECK(asserted(from_carol(bench, at(foreign), foreign_identity + "Privacy: none\r\n")) == "(absent)");
}

TEST_CASE("who writes a trusted address on a datagram is not trusted for it") {
  Bench bench(with_friends());
  bench.enrol(bobs_phone, "bob", "<sip:bob@198.51.100.2:5002;transport=tcp>");
  Peer forger = at(friendly);
  forger.endpoint.protocol = Protocol::udp;
  CHECK(asserted(from_carol(bench, forger, foreign_identity + "Privacy: none\r\n")) == "(absent)");
}

TEST_CASE("a message that waited in the mailbox asserts nothing of a stranger's") {
  Bench bench(with_friends());
  bench.say(at(foreign), bench.write({.from = "sip:carol@friendly.example",
                                      .fields = foreign_identity + "Privacy: none\r\n",
                                      .body = "hi"}));
  CHECK(bench.take_status() == 202);
  CHECK(Bench::status_of(bench.enrol(bobs_phone, "bob", "<sip:bob@198.51.100.2:5002;transport=tcp>").bytes) ==
        200);
  const auto delivered = bench.take();
  REQUIRE(delivered.bytes.starts_with("MESSAGE "));
  CHECK(asserted(delivered) == "(absent)");
}

TEST_CASE("responses cross the border like requests (RFC 3325 5)") {
  Bench bench(with_friends());
  const auto answered = [&](const std::string& uri, const std::string& privacy) {
    const auto request = from_alice(bench, uri);
    sip::Message response = Message::response_to(*MessageView::parse(request.bytes), 200, "t");
    response.add(HeaderName::p_asserted_identity, "<sip:dave@friendly.example>");
    if (!privacy.empty()) response.add(HeaderName::privacy, privacy);
    bench.say(request.to, response.finish());
    return asserted(bench.take());
  };
  CHECK(answered("sip:dave@friendly.example", "") == "(absent)");
  CHECK(answered("sip:dave@friendly.example", "none") == "<sip:dave@friendly.example>");
  CHECK(answered("sip:dave@foreign.example", "none") == "(absent)");
}

TEST_CASE("what a trusted server passes a request on to is not trusted for what it answers by itself") {
  Bench bench(with_friends());
  const auto answered_from = [&](const Peer& source, int status) {
    const auto request = from_alice(bench, "sip:dave@friendly.example");
    sip::Message response = Message::response_to(*MessageView::parse(request.bytes), status, "t");
    response.add(HeaderName::p_asserted_identity, "<sip:boss@friendly.example>");
    response.add(HeaderName::privacy, "none");
    bench.say(source, response.finish());
    return asserted(bench.take());
  };
  CHECK(answered_from(at(friendly), 200) == "<sip:boss@friendly.example>");
  CHECK(answered_from(at(foreign), 200) == "(absent)");
  CHECK(answered_from(peer(Protocol::ws, 66), 200) == "(absent)");
}

TEST_CASE("a browser is not trusted for coming from a trusted address, as by a proxy that stands there") {
  Bench bench(with_friends());
  const Peer browser{FlowId{901}, {Protocol::ws, friendly.address, 40'000}};
  bench.enrol(bobs_phone, "bob", "<sip:bob@198.51.100.2:5002;transport=tcp>");
  CHECK(asserted(from_carol(bench, browser, foreign_identity + "Privacy: none\r\n")) == "(absent)");
  bench.enrol(browser, "alice", "<sip:alice@a.invalid;transport=ws>");
  const auto to_browser = [&] {
    bench.say(at(friendly), bench.write({.uri = "sip:alice@example.org",
                                         .from = "sip:carol@friendly.example",
                                         .fields = foreign_identity}));
    return bench.take();
  }();
  REQUIRE(to_browser.to.flow == browser.flow);
  CHECK(asserted(to_browser) == "(absent)");
}

TEST_CASE("where nobody has to show who they are, nobody's identity is asserted") {
  Bench bench(with_friends(false));
  bench.say(alice, bench.write({.uri = "sip:dave@friendly.example"}));
  const auto sent = bench.take();
  REQUIRE(sent.to.endpoint == friendly);
  CHECK(asserted(sent) == "(absent)");
}

TEST_CASE("a trusted server brings the messages of many strangers") {
  relay::Settings settings = with_friends();
  settings.limits.messages = {2, Seconds(60)};
  Bench bench(settings);
  for (int i = 0; i < 5; ++i) CHECK(Bench::status_of(from_carol(bench, at(friendly), {}).bytes) == 202);
  for (int i = 0; i < 2; ++i) CHECK(Bench::status_of(from_carol(bench, at(foreign), {}).bytes) == 202);
  CHECK(Bench::status_of(from_carol(bench, at(foreign), {}).bytes) == 503);
}

}  // namespace asserted_identity_test
