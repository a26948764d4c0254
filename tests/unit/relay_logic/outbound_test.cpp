#include "bench.h"

namespace outbound_test {

using namespace relay::test;

namespace {

const Peer browser = peer(Protocol::ws, 1);
const std::string supported = "Supported: path, outbound\r\n";

std::string contact(const std::string& host, const std::string& params) {
  return "<sip:bob@" + host + ">" + params;
}

struct Open : Bench {
  Open() : Bench(false) { with_digest = false; }
  std::size_t bindings_after(const std::string& host, const std::string& params) {
    const std::string answer = enrol(browser, "bob", contact(host, params), supported).bytes;
    return MessageView::parse(answer)->count(HeaderName::contact);
  }
};

}  // namespace

TEST_CASE("Require: outbound is for those who support it, whatever the transport (8.2.4, RFC 5626 6)") {
  Open bench;
  const std::string device = ";+sip.instance=\"<urn:uuid:1>\";reg-id=1";
  const auto required = [&](const Peer& from, const std::string& fields) {
    return Bench::field(bench.enrol(from, "bob", contact("a.invalid", device), fields).bytes,
                        HeaderName::require);
  };
  CHECK(required(browser, supported) == "outbound");
  CHECK(required(peer(Protocol::tcp, 2), "Supported: outbound\r\n") == "outbound");
  CHECK(required(browser, {}) == "(absent)");
  CHECK(required(browser, "Supported: path\r\n") == "(absent)");
  CHECK(required(peer(Protocol::udp, 3), supported) == "outbound");
  CHECK(Bench::field(bench.enrol(browser, "bob", contact("a.invalid", {}), supported).bytes,
                     HeaderName::require) == "(absent)");
}

TEST_CASE("a device with two flows gets a request once, over the one that registered last (RFC 5626 7)") {
  Open bench;
  const Peer second = peer(Protocol::ws, 2);
  bench.enrol(browser, "bob", contact("a.invalid", ";+sip.instance=\"<urn:uuid:1>\";reg-id=1"));
  bench.enrol(second, "bob", contact("a.invalid", ";+sip.instance=\"<urn:uuid:1>\";reg-id=2"));
  bench.enrol(browser, "bob", contact("b.invalid", ";+sip.instance=\"<urn:uuid:2>\";reg-id=1"));
  bench.say(peer(Protocol::udp, 9), bench.write({.from = "sip:carol@example.net"}));
  REQUIRE(bench.sent.size() == 2);
  CHECK(bench.take().to.flow == second.flow);
  CHECK(bench.take().to.flow == browser.flow);
}

TEST_CASE("over UDP a flow leads to where its REGISTER came from, whatever the Contact says (RFC 5626 7)") {
  const Peer phone = peer(Protocol::udp, 3);
  const auto goes_to = [&](const std::string& params) {
    Open bench;
    bench.say(phone, bench.write({.method = "REGISTER",
                                  .uri = "sip:example.org",
                                  .from = "sip:bob@example.org",
                                  .to = "sip:bob@example.org",
                                  .fields = supported + "Contact: " + contact("192.168.0.2", params) + "\r\n",
                                  .via = "SIP/2.0/UDP 192.168.0.2;branch=z9hG4bKu"}));
    CHECK(bench.take_status() == 200);
    bench.say(peer(Protocol::udp, 9), bench.write({.from = "sip:carol@example.net"}));
    return bench.take().to.endpoint;
  };
  CHECK(goes_to({}).address == *IpAddress::parse("192.168.0.2"));
  CHECK(goes_to(";+sip.instance=\"<urn:uuid:1>\";reg-id=1") == phone.endpoint);
}

TEST_CASE("a binding is that of instance and reg-id; with only one of them it is that of its URI") {
  Open bench;
  CHECK(bench.bindings_after("a.invalid", ";+sip.instance=\"<urn:uuid:1>\";reg-id=1") == 1);
  CHECK(bench.bindings_after("b.invalid", ";+sip.instance=\"<urn:uuid:1>\";reg-id=1") == 1);
  CHECK(bench.bindings_after("c.invalid", ";+sip.instance=\"<urn:uuid:1>\";reg-id=2") == 2);
  CHECK(bench.bindings_after("d.invalid", ";+sip.instance=\"<urn:uuid:2>\";reg-id=1") == 3);
  CHECK(bench.bindings_after("e.invalid", ";reg-id=1") == 4);
  CHECK(bench.bindings_after("f.invalid", ";reg-id=1") == 5);
  CHECK(bench.bindings_after("f.invalid", ";+sip.instance=\"<urn:uuid:3>\"") == 5);
}

TEST_CASE("a device that reconnects leaves one contact, and nothing goes down its old flow (RFC 5626 6)") {
  Open bench;
  const Peer second = peer(Protocol::ws, 2);
  const std::string device = ";+sip.instance=\"<urn:uuid:1>\";reg-id=1";
  bench.enrol(browser, "bob", contact("a.invalid", device), supported);
  const std::string answer = bench.enrol(second, "bob", contact("b.invalid", device), supported).bytes;
  CHECK(MessageView::parse(answer)->count(HeaderName::contact) == 1);
  const auto goes_to = [&] {
    bench.say(peer(Protocol::udp, 9), bench.write({.from = "sip:carol@example.net"}));
    REQUIRE(bench.sent.size() == 1);
    return bench.take().to.flow;
  };
  CHECK(goes_to() == second.flow);
  // That the old connection ends, late, is no matter of the new one.
  bench.relay.flow_closed(bench.now, browser.flow);
  CHECK(goes_to() == second.flow);
}

TEST_CASE("a user has so many contacts and no more: 403 for another one, while those there go on") {
  Open bench;
  const auto device = [](std::size_t number) {
    return ";+sip.instance=\"<urn:uuid:" + std::to_string(number) + ">\";reg-id=1";
  };
  const std::size_t most = relay::Registrar::max_bindings;
  for (std::size_t i = 0; i < most; ++i) CHECK(bench.bindings_after("a.invalid", device(i)) == i + 1);
  const std::string refusal =
      bench.enrol(browser, "bob", contact("a.invalid", device(most)), supported).bytes;
  CHECK(refusal.starts_with("SIP/2.0 403 Too Many Contacts\r\n"));
  CHECK(bench.bindings_after("b.invalid", device(0)) == most);
  CHECK(bench.bindings_after("b.invalid", device(1) + ";expires=0") == most - 1);
  CHECK(bench.bindings_after("a.invalid", device(most)) == most);
}

TEST_CASE("a flow that failed leads to the next of the same device, and only that (RFC 5626 7)") {
  Open bench;
  const std::string device = ";+sip.instance=\"<urn:uuid:1>\";reg-id=";
  const auto enrol = [&](int number) {
    const std::string text = std::to_string(number);
    bench.enrol(peer(Protocol::ws, number), "bob", contact("flow" + text + ".invalid", device + text));
  };
  for (const int number : {1, 2, 3}) enrol(number);
  const Peer carol = peer(Protocol::udp, 9);
  bench.say(carol, bench.write({.from = "sip:carol@example.net"}));
  const auto newest = bench.take();
  CHECK(newest.to.flow == peer(Protocol::ws, 3).flow);
  // An edge proxy tells, or the transport.
  if (GENERATE(true, false)) {
    bench.respond(newest, 430);
  } else {
    bench.relay.unreachable(bench.now, newest.to);
    bench.drain();
  }
  const auto next = bench.take();
  CHECK(next.to.flow == peer(Protocol::ws, 2).flow);
  CHECK(MessageView::parse(next.bytes)->request_uri() == "sip:bob@flow2.invalid");
  CHECK(Bench::field(next.bytes, HeaderName::via) != Bench::field(newest.bytes, HeaderName::via));
  SECTION("which takes it") {
    bench.respond(next, 200);
    CHECK(bench.take_status() == 200);
  }
  SECTION("which refuses it for the device") {
    bench.respond(next, 486);
    CHECK(bench.take_status() == 486);
  }
  SECTION("which has failed, too") {
    bench.respond(next, 430);
    const auto oldest = bench.take();
    CHECK(oldest.to.flow == peer(Protocol::ws, 1).flow);
    bench.respond(oldest, 430);
    CHECK(bench.take_status() == 480);  // 11.5
  }
  CHECK(bench.sent.empty());
}

}  // namespace outbound_test
